import type { PictureState } from "@quorate/contract";
import { votersOf } from "./membership.ts";

/**
 * The columns that may stand right of the commit line, as lists of member indexes.
 * The members' heads are sampled at different moments, so two things that cannot be are set right:
 * a PrepareOk covers all ops before it, so who signed a column has signed the one before; and while
 * commits flow a column with a quorum of signatures is committed, so it is left of the line.
 */
export function inflightColumnsOf(picture: PictureState): readonly (readonly number[])[] {
  const columns: (readonly number[])[] = [];
  let before: readonly number[] | null = null;
  for (const acks of picture.inflight.acks) {
    const earlier: readonly number[] | null = before;
    const cumulative: readonly number[] =
      earlier === null ? acks : acks.filter((index) => earlier.includes(index));
    before = cumulative;
    if (cumulative.length === 0) break;
    if (flows(picture) && signaturesOf(picture, cumulative) >= picture.quorum) continue;
    columns.push(cumulative);
  }
  return columns;
}

/** Signatures that count in a column: those of voters. */
export function signaturesOf(picture: PictureState, acks: readonly number[]): number {
  return votersOf(picture).filter((member) => acks.includes(member.index)).length;
}

function flows(picture: PictureState): boolean {
  return picture.status === "normal" || picture.status === "reconfiguring";
}
