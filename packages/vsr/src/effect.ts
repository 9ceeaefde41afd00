/** Everything that a replica can want from the world. */
import type { Block, Command, Entry, LogPosition, Superblock } from "@quorate/protocol";
import type { Peer } from "./input.ts";

export type Effect =
  /** A signed statement with its attachment, or a note. Everything it promises is durable. */
  | { readonly kind: "send"; readonly to: Peer; readonly packet: Uint8Array }
  /** Answered by the input `appended`. */
  | { readonly kind: "append"; readonly entries: readonly Entry[]; readonly generation: number }
  /** Writes entries beside the log; answered by the input `repaired`. */
  | { readonly kind: "repair"; readonly entries: readonly Entry[] }
  /** Answered by the input `superblock-stored`. Writes complete in order. */
  | { readonly kind: "write-superblock"; readonly superblock: Superblock; readonly write: number }
  /** Answered by the input `entries-read`. */
  | { readonly kind: "read"; readonly positions: readonly LogPosition[]; readonly token: number }
  /** Blocks of a checkpoint; answered by the input `blocks-stored`. In order with the superblock. */
  | { readonly kind: "write-blocks"; readonly blocks: readonly Block[]; readonly token: number }
  /** Answered by the input `blocks-read`. */
  | {
      readonly kind: "read-blocks";
      readonly digests: readonly Uint8Array[];
      readonly token: number;
    }
  /** Every block that none of these state roots reaches may be freed. */
  | { readonly kind: "retain-blocks"; readonly stateRoots: readonly Uint8Array[] }
  /** The message had no effect. Counted. */
  | { readonly kind: "ignore"; readonly command: Command; readonly reason: IgnoreReason }
  /** Queues that have become worth asking for: a hint for the gateways. */
  | { readonly kind: "hint"; readonly queues: readonly string[] }
  /** An op was executed; the driver may count and show it. */
  | { readonly kind: "executed"; readonly op: number; readonly operations: number }
  /** Something that honest replicas never cause. The driver makes it loud. */
  | { readonly kind: "alarm"; readonly alarm: Alarm; readonly detail: string }
  /** The replica must not go on: the process ends, and nothing after this is performed. */
  | { readonly kind: "stop"; readonly reason: StopReason; readonly detail: string };

/** Why a replica takes part no more. */
export type StopReason =
  /** A quorum has certified another state than this replica reached by the same log. */
  | "state-diverged"
  /** A newer disk of this member was readmitted: two processes have its key (rule A6). */
  | "disk-superseded"
  /** The disk is an old copy: this member has signed what it does not know of (rule S12). */
  | "rolled-back";

/** Why a message had no effect. */
export type IgnoreReason =
  | "not normal"
  | "older view"
  | "newer view"
  | "not from the primary"
  | "not for a backup"
  | "not the acting primary"
  | "not the primary of that view"
  | "already held"
  | "gap"
  | "beyond the log"
  | "another entry"
  | "not chained"
  | "clock ahead"
  | "body does not match"
  | "request not admitted"
  | "not the view of the entry"
  | "already installed"
  | "proof not valid"
  | "selection not valid"
  | "executed entry left out"
  | "head uncertain"
  | "disk lost"
  | "barred"
  | "no quorum of others"
  | "not readmitted"
  | "not asked for"
  | "too many waiting"
  | "too many readmissions"
  | "session evicted"
  | "session of another gateway"
  | "already executed"
  | "already in the log"
  | "log not read yet"
  | "request number used for another request"
  | "not a voter"
  | "not yet reached"
  | "already certified"
  | "another state"
  | "certificate not valid"
  | "from a banned peer"
  | "body is another block";

export type Alarm =
  /** Two DoViewChange claim different entries at one (last normal view, op): rule A3. */
  | "conflicting-do-view-changes"
  /** A DoViewChange knows a commit above every log: rule A3. */
  | "commit-above-the-log"
  /** A log that a new view would begin with lacks what this replica has executed: rule A1. */
  | "executed-entry-left-out"
  /** A selected entry has no readable body yet: rule S10. */
  | "entry-held-by-nobody"
  /** The fetched chain does not meet the genesis. */
  | "foreign-chain"
  /** Backups refuse the time of this primary's entries, so it hands over: rule L4. */
  | "clock-ahead"
  /** This primary's clock is too far from the others', so it hands over: rule L4. */
  | "clock-apart"
  /** Another member has signed another state, or another log, at the op of a checkpoint. */
  | "checkpoint-differs"
  /** No checkpoint of this disk can be read whole; its blocks are asked of peers. */
  | "checkpoint-unreadable"
  /** A certified state is none of this state machine. */
  | "foreign-state"
  /** This member has acknowledged more of its view than its disk holds: rules L5 and S12. */
  | "tail-forgotten"
  /** A peer sent other bytes than it was asked for, and is asked no more in this transfer. */
  | "lying-peer";
