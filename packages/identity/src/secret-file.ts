/** Files that hold a secret in plain: passphrases, passwords, private keys of others' formats. */
import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";

/** A secret that others may read or change, or that is too large to be one. Never holds it. */
export class SecretFileError extends Error {
  override readonly name = "SecretFileError";
  readonly code: "permissions" | "too-large";

  constructor(code: SecretFileError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/** Bytes of a passphrase, a password or a key: more is another file that was named by mistake. */
const secretBytesMax = 64 * 1024;

/** Of the reader's own file, nobody else may have anything. */
const ownForbidden = 0o077;
/** A file that root laid there may be read by its group, through which it was given to a process. */
const rootsForbidden = 0o037;
const rootUser = 0;
const permissionBits = 0o777;

/** What of a file says who may read it. */
export interface FileAccess {
  readonly mode: number;
  /** The user that owns it. */
  readonly uid: number;
}

/**
 * The text of a file that holds a secret. Throws SecretFileError when `reasonAgainstAccess` has
 * one or the file is too large, and the system's error when it cannot be read.
 */
export function readSecretFile(path: string, bytesMax = secretBytesMax): string {
  const file = openSync(path, "r");
  try {
    // Of the open file: what is at the path now may be another one.
    const access = fstatSync(file);
    const reason = reasonAgainstAccess(path, access);
    if (reason !== null) throw new SecretFileError("permissions", reason);
    if (access.size > bytesMax) {
      throw new SecretFileError("too-large", `${path} is too large`);
    }
    return readFileSync(file, "utf8");
  } finally {
    closeSync(file);
  }
}

/**
 * Why a secret in this file is none, and what to do about it; null when it is one.
 *
 * As ssh has it, a file of the reader's is the reader's alone. Orchestrators lay files as root and
 * give them to a process by its group (0440 with `fsGroup` on Kubernetes), so a file of root's may
 * be read by its group, as PostgreSQL has it. Where there are no users (Windows) nothing is asked.
 */
export function reasonAgainstAccess(
  path: string,
  { mode, uid }: FileAccess,
  reader: number | null = process.getuid?.() ?? null,
): string | null {
  if (reader === null) return null;
  if (uid !== reader && uid !== rootUser) {
    return `${path} belongs to user ${uid}, who may change it. Run: chown ${reader} ${quoted(path)}`;
  }
  const excess = mode & (uid === rootUser ? rootsForbidden : ownForbidden);
  if (excess === 0) return null;
  const whom = [
    ...((excess & 0o070) === 0 ? [] : ["its group"]),
    ...((excess & 0o007) === 0 ? [] : ["everybody"]),
  ].join(" and ");
  const octal = (mode & permissionBits).toString(8).padStart(4, "0");
  // Whose own file it is needs no group.
  const wanted = uid === reader ? "600" : "640";
  return `${path} has mode ${octal} and is open to ${whom}. Run: chmod ${wanted} ${quoted(path)}`;
}

/** The path as a shell takes it for one word. */
function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
