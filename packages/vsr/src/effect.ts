/** Everything that a replica can want from the world. */
import type { Command, Entry, LogPosition, Superblock } from "@quorate/protocol";
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
  /** The message had no effect. Counted. */
  | { readonly kind: "ignore"; readonly command: Command; readonly reason: IgnoreReason }
  /** Queues that have become worth asking for: a hint for the gateways. */
  | { readonly kind: "hint"; readonly queues: readonly string[] }
  /** An op was executed; the driver may count and show it. */
  | { readonly kind: "executed"; readonly op: number; readonly operations: number }
  /** Something that honest replicas never cause. The driver makes it loud. */
  | { readonly kind: "alarm"; readonly alarm: Alarm; readonly detail: string };

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
  | "head uncertain"
  | "not asked for"
  | "too many waiting"
  | "session evicted"
  | "session of another gateway"
  | "already executed"
  | "already in the log"
  | "log not read yet"
  | "request number used for another request";

export type Alarm =
  /** Two DoViewChange claim different entries at one (last normal view, op): rule A3. */
  | "conflicting-do-view-changes"
  /** A DoViewChange knows a commit above every log: rule A3. */
  | "commit-above-the-log"
  /** A selected entry has no readable body yet: rule S10. */
  | "entry-held-by-nobody"
  /** The fetched chain does not meet the genesis. */
  | "foreign-chain"
  /** Backups refuse the time of this primary's entries, so it hands over: rule L4. */
  | "clock-ahead"
  /** This primary's clock is too far from the others', so it hands over: rule L4. */
  | "clock-apart";
