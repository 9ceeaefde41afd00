/**
 * What a member may not do whose disk was lost, until the cluster has gone two views further: rule
 * S11. In those views the old disk may have promised something, and nobody knows what.
 */
import { viewAfter } from "@quorate/protocol";
import type { Replica } from "./state.ts";

/** Views from the one in which a member was readmitted to the first in which it may promise. */
export const barredViews = 2;

/** No PrepareOk, no DoViewChange, no duty as primary. */
export function isBarred({ view, barredView }: Replica): boolean {
  return view < barredView;
}

/** Of votes, only the one for the first view in which it may promise again. */
export function mayVote(replica: Replica): boolean {
  return !isBarred(replica) || viewAfter(replica.view) === replica.barredView;
}
