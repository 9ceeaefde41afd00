/**
 * Where a replica keeps evidence: records that prove to others what a member has signed, each
 * under a name that says what it proves.
 *
 * Records are only ever added. What is kept survives the process, and stands for a human: nothing
 * in the protocol depends on it.
 */
export interface EvidenceStore {
  /** Names of what is kept, oldest first; once, when the journal of the folder is open. */
  open(): Promise<readonly string[]>;
  /**
   * Adds a record. `onKept` is called when it is on disk; never for a name that is kept already,
   * nor beyond the store's limits.
   */
  keep(name: string, record: Uint8Array, onKept: () => void): void;
  /** The record of that name; null when none is kept, or its bytes are not what they were. */
  read(name: string): Promise<Uint8Array | null>;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

/** Records that a store keeps: several for each kind and member, and an end to a liar's appetite. */
export const evidenceRecordsMax = 256;
/** Bytes of all of them together. */
export const evidenceStoreBytesMax = 16 * 1024 * 1024;
/** Characters of a name; letters, digits, dots and dashes, as in the name of a file. */
export const evidenceNameCharsMax = 120;
