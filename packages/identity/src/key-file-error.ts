/** What is wrong with a key file. */
export type KeyFileErrorCode =
  | "not-found"
  | "exists"
  | "permissions"
  | "damaged"
  | "passphrase"
  | "purpose"
  | "cluster";

/** A key file that cannot be used, or would be overwritten. The message never holds a secret. */
export class KeyFileError extends Error {
  override readonly name = "KeyFileError";
  readonly code: KeyFileErrorCode;

  constructor(code: KeyFileErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
