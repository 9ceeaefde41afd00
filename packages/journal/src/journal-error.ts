/** Why a folder cannot be opened or formatted. */
export type JournalErrorCode =
  /** Another process has the folder open. */
  | "folder-in-use"
  /** The folder belongs to another cluster or replica. */
  | "foreign-folder"
  /** Only an empty folder is formatted. */
  | "folder-not-empty"
  /** The folder was used, and no copy of its superblock can be read: it is a lost disk. */
  | "superblock-lost"
  /** Two readable copies of the superblock contradict each other. */
  | "superblock-conflict";

/** Thrown by `open` and `formatFolder`. An operator must act; trying again does not help. */
export class JournalError extends Error {
  override readonly name = "JournalError";
  readonly code: JournalErrorCode;

  constructor(code: JournalErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
