import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";

/** Only the owner reads and writes: tokens and passphrases of the dev cluster. */
const privateMode = 0o600;

/**
 * Puts a file with this text in place, readable by its owner alone. A reader sees the old file or
 * the new one, never a part; after a crash too. Throws the system's error.
 */
export function writePrivateFile(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  rmSync(temporary, { force: true });
  const file = openSync(temporary, "wx", privateMode);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
}
