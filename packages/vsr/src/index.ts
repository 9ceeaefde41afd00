export { createReplica, firstSuperblock, type HeldEntry, type ReplicaOrigin } from "./create.ts";
export type { Alarm, Effect, IgnoreReason, StopReason } from "./effect.ts";
export type { Input, Peer } from "./input.ts";
export { lostSuperblock, NoQuorumOfOthersError } from "./lost-disk.ts";
export { defaultOptions, tickMs, type VsrOptions } from "./options.ts";
export { nackQuorumOf, quorumOf } from "./quorum.ts";
export { isPrimary, type Replica, type Status } from "./state.ts";
export { type ProcessFacts, statusNote } from "./status-note.ts";
export { step } from "./step.ts";
