/**
 * What a replica must never forget, whatever its log says: one record, written as a whole.
 *
 * The view and the last normal view become durable here before a replica speaks in them (rules
 * S2, A2); the head says where the log ended at that moment (rule S3).
 */
import { checkpointCodec } from "./checkpoint.ts";
import { bool, bytes, type Coded, fixed, list, nullable, record, u32, u64 } from "./codec.ts";
import { clusterIdBytes } from "./cluster-config.ts";
import { epochCodec, logBaseCodec, logPositionCodec, opCodec, viewCodec } from "./entry.ts";
import {
  checkpointsMax,
  membersMax,
  rememberedBytesMax,
  rememberedPerMemberMax,
  statementBodyBytesMax,
} from "./limits.ts";
import { viewProofCodec } from "./messages.ts";

/** The life of a member's disk: rule A6. */
export const memberIncarnationCodec = record({
  incarnation: u32,
  /** The view in which its newest readmission was prepared; 0 for a first disk. */
  view: viewCodec,
});
export type MemberIncarnation = Coded<typeof memberIncarnationCodec>;

export const superblockCodec = record({
  clusterId: fixed(clusterIdBytes),
  configDigest: fixed(32),
  /** Index of the member that owns this folder. */
  replica: u32,
  /** Life of this disk: rule A6. */
  incarnation: u32,
  /** Counts the starts of this replica; links carry it (rule A5). */
  boot: u64,
  epoch: epochCodec,
  view: viewCodec,
  /** Last view in which this replica was normal. Invariant: lastNormalView <= view. */
  lastNormalView: viewCodec,
  /** A lower bound of what is committed. */
  commit: opCodec,
  /** Where the log ended when this was written; entries above it are judged by rule S3. */
  head: logPositionCodec,
  /** The head may have been higher than anything readable: rule S5. */
  isHeadUncertain: bool,
  /** This disk is new and the member's former one is gone: rule S11. */
  isDiskLost: bool,
  /** In views below it this replica promises nothing: rule S11. 0 for a first disk. */
  barredView: viewCodec,
  /** The newest incarnations that are known, by member index: rule A6. Empty before any changed. */
  incarnations: list(memberIncarnationCodec, membersMax),
  /** What peers have signed last: rule S12. As new as the newest write of this superblock. */
  remembered: list(bytes(rememberedBytesMax), membersMax * rememberedPerMemberMax),
  /** A quorum of votes for `view`; empty in view 0. Rule L1. */
  viewProof: viewProofCodec,
  /** The DoViewChange of `view`, to be sent byte for byte again; null in a normal view. Rule A2. */
  doViewChange: nullable(bytes(2 * statementBodyBytesMax)),
  /** Where the log begins. Entries at or below it are no part of the log and may be freed. */
  base: logBaseCodec,
  /**
   * Checkpoints of which every block is on this disk, oldest first. All certified ones but the
   * last two are gone; those without a certificate are newer than every certified one.
   */
  checkpoints: list(checkpointCodec, checkpointsMax),
});
export type Superblock = Coded<typeof superblockCodec>;
