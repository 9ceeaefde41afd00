/** The state in words: who leads, what is final, what is wrong, how many may stop. */
import type { Cluster, Member } from "@quorate/sdk";
import { durationText, grouped, plural } from "../output/cell.ts";

/** One or a few sentences, without colours. */
export function sentenceOf(state: Cluster): string {
  return [opening(state), ...troubles(state), margin(state)]
    .filter((part) => part !== "")
    .join(" ");
}

function opening(state: Cluster): string {
  const { status, primary, view, commit, members } = state;
  const { needed, reachable } = state.quorum;
  const voters = members.filter((member) => member.role !== "learner").length;
  const final = `everything up to ${grouped(commit)} is final`;
  switch (status) {
    case "starting":
      return `The cluster is starting: ${reachable} of ${voters} replicas ready, ${needed} needed.`;
    case "view-change":
      return `The replicas are choosing the primary of view ${grouped(view)}; ${final}, new writes wait.`;
    case "no-quorum":
      return `No quorum: ${reachable} of ${voters} replicas can work together, ${needed} are needed. ${sentenceCase(final)}; nothing new is accepted.`;
    case "reconfiguring":
      return `${primary ?? "Nobody"} leads view ${grouped(view)}; the members are changing, and ${final}.`;
    case "normal":
      return `${primary ?? "Nobody"} leads view ${grouped(view)}; ${final}.`;
  }
}

function troubles({ members }: Cluster): readonly string[] {
  return members.flatMap((member) => {
    const trouble = troubleOf(member);
    return trouble === "" ? [] : [`${member.id} ${trouble}.`];
  });
}

function troubleOf(member: Member): string {
  switch (member.status) {
    case "unreachable":
      return member.lastSeenMs === null
        ? "has not been heard"
        : `has been unreachable for ${durationText(member.lastSeenMs)}`;
    case "recovering":
      return "is recovering from its disk and its peers";
    case "transferring":
      return "is fetching the state that a quorum has signed";
    case "normal":
    case "view-change":
      return isBehind(member)
        ? `is ${plural(member.lagOps, "op")} behind (about ${durationText(member.lagMs)})`
        : "";
  }
}

/** A second of lag: what the dashboard calls behind, too. */
const behindLagMsMin = 1000;

/** Whether a member that answers is late. */
export function isBehind(member: Member): boolean {
  return member.status === "normal" && member.lagMs >= behindLagMsMin;
}

/** Nothing is said while the members are not agreed: nobody counts as lost who still votes. */
function margin({ status, members, quorum: { canLose } }: Cluster): string {
  if (status !== "normal" && status !== "reconfiguring") return "";
  if (members.length === 1) return "There is no fault tolerance: it is the only replica.";
  if (canLose === 0) return "If one more replica stops, nothing new can be final.";
  return `You can lose ${plural(canLose, "replica")} and keep working.`;
}

function sentenceCase(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
