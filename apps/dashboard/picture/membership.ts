import type { PictureMember, PictureState } from "@quorate/contract";

/** The members whose signatures count, in the order of their index: the ring, and n of `view mod n`. */
export function votersOf(picture: PictureState): readonly PictureMember[] {
  return picture.members.filter((member) => member.role === "voter");
}

/** The members that do not vote: learners, and those on their way out. */
export function othersOf(picture: PictureState): readonly PictureMember[] {
  return picture.members.filter((member) => member.role !== "voter");
}

/** The place on the ring of the voter whose turn the current view is: `view mod n` (VRR §4). */
export function turnOf(picture: PictureState): number {
  const voters = votersOf(picture).length;
  return voters === 0 ? 0 : picture.coord.view % voters;
}

/** The primary in status normal, or null while there is none. */
export function primaryOf(picture: PictureState): PictureMember | null {
  return picture.members.find((member) => member.state === "primary") ?? null;
}

/** Whether a view change is going on. */
export function isElecting(picture: PictureState): boolean {
  return picture.transition?.kind === "view";
}

/** Whether no new op can become final at present. */
export function isFrozen(picture: PictureState): boolean {
  return picture.status === "view-change" || picture.status === "no-quorum";
}

/** Whether a member answers. */
export function isUp(member: PictureMember): boolean {
  return member.state !== "unreachable";
}

/** Ops that a member's log is behind the commit. */
export function lagOpsOf(picture: PictureState, member: PictureMember): number {
  return Math.max(0, picture.commit - member.head);
}

/** What a member does, in one or two words; the same in picture and table. */
export function roleWordsOf(picture: PictureState, member: PictureMember): string {
  if (member.state === "unreachable") return "unreachable";
  if (member.state === "recovering") return "recovering";
  if (member.state === "transferring") return "fetching state";
  if (member.state === "voting") {
    return votersOf(picture)[turnOf(picture)]?.id === member.id ? "taking over" : "voting";
  }
  if (member.state === "behind") return member.etaMs === null ? "behind" : "catching up";
  if (member.role !== "voter") return member.role;
  return member.state;
}
