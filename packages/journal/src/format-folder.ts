/** The first superblock of a new member: what tells its folder from that of a lost disk. */
import { mkdir, readdir } from "node:fs/promises";
import { dirname } from "node:path";
import { journalBegin, superblockFiles, SuperblockFrames } from "@quorate/log-format";
import type { Sha256 } from "@quorate/prelude";
import type { Superblock } from "@quorate/protocol";
import { lockDirectory, lockName } from "./directory-lock.ts";
import { flushDirectory, nodeDisk } from "./disk-calls.ts";
import { newOrigin } from "./folder-mark.ts";
import { JournalError } from "./journal-error.ts";
import { SuperblockStore } from "./superblock-store.ts";

/**
 * Makes the folder that a member of a new cluster, or a member that never was one, starts with:
 * its superblock says that nothing was promised yet. The folder is created; it is on disk when the
 * promise resolves. Done once, by whoever makes the member, and never for one that has lost its
 * disk: that one has promised what it does not know any more (rule S11).
 *
 * Throws JournalError "folder-not-empty" when anything is in the folder, and "folder-in-use".
 */
export async function formatFolder(parts: {
  readonly directory: string;
  readonly superblock: Superblock;
  readonly sha256: Sha256;
}): Promise<void> {
  const { directory, superblock, sha256 } = parts;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const lock = await lockDirectory(directory);
  const superblocks = new SuperblockStore(directory, nodeDisk, sha256);
  try {
    const names = await readdir(directory);
    if (names.some((name) => name !== lockName)) {
      throw new JournalError("folder-not-empty", `${directory} is not empty`);
    }
    const frames = new SuperblockFrames(await newOrigin(directory), 0);
    const bytes = superblocks.encode(frames.next(superblock, 0, journalBegin));
    await superblocks.open();
    for (let file = 0; file < superblockFiles; file++) {
      await superblocks.writeFile(file, bytes);
      await superblocks.flushFile(file);
    }
    await flushDirectory(dirname(directory));
  } finally {
    await superblocks.close();
    await lock.release();
  }
}
