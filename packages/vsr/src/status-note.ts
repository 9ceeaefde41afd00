/** What a replica tells of itself to gateways. */
import {
  asOp,
  inFlightInStatusMax,
  type NoteOf,
  type Op,
  type ReplicaStatus,
} from "@quorate/protocol";
import { isBarred } from "./barred.ts";
import { tickMs } from "./options.ts";
import type { ActingPrimary, Replica } from "./state.ts";

/** What the driver knows beside the core. */
export interface ProcessFacts {
  readonly version: string;
  readonly fsyncMicrosP99: number | null;
  readonly statementRejects: number;
}

export function statusNote(replica: Replica, facts: ProcessFacts): NoteOf<"status"> {
  const { acting } = replica;
  return {
    note: "status",
    status: shownStatus(replica),
    epoch: replica.identity.admission.config.epoch,
    view: replica.view,
    head: replica.log.headOp,
    commit: replica.executed,
    isActingPrimary: acting !== null,
    ...facts,
    acknowledgedAgoMs: acting === null ? [] : acknowledgedAgo(replica, acting),
    storedOps: acting === null ? [] : storedOps(replica, acting),
    inFlight: acting === null ? [] : inFlight(replica, acting),
  };
}

function shownStatus(replica: Replica): ReplicaStatus {
  if (replica.isDiskLost || (replica.status === "normal" && isBarred(replica))) return "recovering";
  if (replica.view === 0) return "starting";
  const isFollowing = replica.fetch !== null && replica.fetch.purpose !== "scrub";
  if (replica.status === "view-change" && isFollowing) return "transferring";
  if (replica.load?.purpose === "transfer") return "transferring";
  return replica.status;
}

function acknowledgedAgo(replica: Replica, acting: ActingPrimary): (number | null)[] {
  return acting.heardAt.map((at, index) => {
    if (index === replica.identity.index) return 0;
    return at === null ? null : (replica.now - at) * tickMs;
  });
}

function storedOps(replica: Replica, acting: ActingPrimary): Op[] {
  return acting.storedOps.map((op, index) => {
    return index === replica.identity.index ? replica.log.storedOp : asOp(op);
  });
}

function inFlight(
  replica: Replica,
  acting: ActingPrimary,
): { readonly op: Op; readonly acks: readonly number[] }[] {
  const last = Math.min(replica.log.headOp, replica.commit + inFlightInStatusMax);
  const ops = [];
  for (let op = replica.commit + 1; op <= last; op++) {
    const acks = [...(acting.acknowledgements.get(op)?.keys() ?? [])].toSorted((a, b) => a - b);
    ops.push({ op: asOp(op), acks });
  }
  return ops;
}
