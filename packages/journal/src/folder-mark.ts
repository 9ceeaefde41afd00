/**
 * What tells a folder from a copy of it: a file that is written once, when the folder is used
 * first, and known by its inode and the time of its birth. No copy has the same two, and no
 * program can set them.
 */
import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import { folderMarkBytes, journalIdBytes, type JournalOrigin } from "@quorate/log-format";
import { errnoOf, flushDirectory } from "./disk-calls.ts";

const markName = "folder";

const text = `This file marks the folder in which a member of a cluster keeps what it promised.
A copy of the folder is not the folder: a member that starts with a copy would break promises.
`;

/** Where the time of birth stands in a mark, behind the inode. */
const birthAt = 8;

/** Marks a folder that is used for the first time, and draws the number of its journal. */
export async function newOrigin(directory: string): Promise<JournalOrigin> {
  await writeMark(directory);
  const folderMark = await readMark(directory);
  if (folderMark === null) throw new Error(`${directory} lost its mark while it was made`);
  return { journalId: crypto.getRandomValues(new Uint8Array(journalIdBytes)), folderMark };
}

/**
 * Whether the folder is the one in which the mark was taken. Some file systems do not know when a
 * file was born, or learn it with a later kernel; then the inode alone decides.
 */
export async function isMarkOf(directory: string, mark: Uint8Array): Promise<boolean> {
  const present = await readMark(directory);
  if (present === null) return false;
  const [then, now] = [viewOf(mark), viewOf(present)];
  if (then.getBigUint64(0) !== now.getBigUint64(0)) return false;
  const births = [then.getBigInt64(birthAt), now.getBigInt64(birthAt)];
  return births[0] === births[1] || births.includes(0n);
}

async function writeMark(directory: string): Promise<void> {
  try {
    const file = await open(join(directory, markName), "wx", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    // A process that died after this wrote no superblock: the mark is as good as a new one.
    if (errnoOf(error) !== "EEXIST") throw error;
  }
  await flushDirectory(directory);
}

async function readMark(directory: string): Promise<Uint8Array | null> {
  const mark = new Uint8Array(folderMarkBytes);
  try {
    const { ino, birthtimeNs } = await stat(join(directory, markName), { bigint: true });
    viewOf(mark).setBigUint64(0, ino);
    viewOf(mark).setBigInt64(birthAt, birthtimeNs);
    return mark;
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
    return null;
  }
}

function viewOf(mark: Uint8Array): DataView {
  return new DataView(mark.buffer, mark.byteOffset, mark.byteLength);
}
