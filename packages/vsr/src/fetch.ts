/** What is being fetched from peers, by hash: headers downwards first, then bodies upwards. */
import type { Checkpoint, EntryHeader, LogBase, LogPosition, Op } from "@quorate/protocol";

/**
 * `start`: the selected log of a view that this replica is primary of. `follow`: the log named by
 * a StartView. `catch-up`: entries that were missed inside the view. `recover`: the log of the
 * acting primary, for an uncertain head. `readmit`: the log up to the entry that readmits this
 * member, for a lost disk. `scrub`: bodies that rotted on this disk. `reopen`: a state,
 * when no checkpoint of this disk can be read.
 */
export type FetchPurpose =
  | "start"
  | "follow"
  | "catch-up"
  | "recover"
  | "readmit"
  | "scrub"
  | "reopen";

export interface Fetch {
  readonly purpose: FetchPurpose;
  /** The fetch is complete when the log reaches this. */
  top: LogPosition;
  /** Known to be committed once the log is complete. */
  commit: Op;
  /** For `start`: the DoViewChanges that the selection used. */
  readonly doViewChanges: readonly Uint8Array[];
  /** Headers that came with the DoViewChanges, by hash in hexadecimal. */
  readonly known: Map<string, EntryHeader>;
  /** The chain from `top` downwards, as far as it is known. */
  chain: EntryHeader[];
  /** The position below the chain. */
  cursor: LogPosition;
  /** Newest op that the own log shares with the chain; null until the chain meets it. */
  fork: Op | null;
  /** The certified checkpoint that the chain is to meet instead of the own log, if any. */
  offer: Checkpoint | null;
  /** Where the log will begin, once the state of `offer` has been loaded. */
  base: LogBase | null;
  /** Positions whose bodies are to be written beside the log, oldest first; not yet received. */
  missing: LogPosition[];
  /** For `catch-up`: positions that continue the log, oldest first; not yet appended. */
  ahead: LogPosition[];
  /** Hashes, in hexadecimal, of bodies handed to the journal and not yet on disk. */
  readonly writing: Set<string>;
  /** How often verified progress has restarted the view change timer (rule L3: bounded). */
  restarts: number;
  /** The questions of this fetch are named by greater numbers; answers to others are not taken. */
  readonly noncesAbove: number;
  /** Names the question that was put last. */
  nonce: number;
  /** Member that is asked. */
  peer: number;
  askedAt: number;
  /** Questions that had no answer in time, less those that had one. */
  silences: number;
  /** `state`: the checkpoint is being loaded. `adopted`: the superblock write that makes it the log is under way. */
  state: "headers" | "state" | "bodies" | "complete" | "adopted";
}

/** A state is wanted, whatever the own log holds. */
export function isOfferAwaited({ purpose, offer }: Fetch): boolean {
  return purpose === "reopen" && offer === null;
}

/** Fetched entries that continue or mend the present log of a normal replica. */
export function isInsideLog({ purpose, base }: Fetch): boolean {
  return base === null && (purpose === "catch-up" || purpose === "scrub");
}
