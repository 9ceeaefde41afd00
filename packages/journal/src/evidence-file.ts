/**
 * Evidence in one file of the replica's folder, beside the journal that holds the folder's lock.
 *
 * ```
 * magic 8 | record*     record: length u32 | crc32 u32 | name length u16 | name | bytes
 * ```
 *
 * The checksum is over all behind it. Records are appended and flushed one after the other. A
 * record that was torn when the machine died is cut off at the next start; one that has rotted is
 * stepped over, and stays.
 */
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import {
  evidenceNameCharsMax,
  evidenceRecordsMax,
  type EvidenceStore,
  evidenceStoreBytesMax,
  type JournalEvents,
  type Log,
} from "@quorate/ports";
import { assert, ByteReader, ByteWriter, bytesEqual, utf8Encode } from "@quorate/prelude";
import { type DiskCalls, errnoOf, flushDirectory, nodeDisk } from "./disk-calls.ts";
import { FatalEnd } from "./fatal-end.ts";

/** Where evidence lies, and who is told when the disk refuses. */
export interface EvidenceFileOptions {
  /** The folder of the journal, which must be open before. */
  readonly directory: string;
  readonly events: JournalEvents;
  readonly log: Log;
  /** The disk; that of this machine by default. */
  readonly disk?: DiskCalls;
}

/** The file's name in the folder. */
export const evidenceFileName = "evidence";

const magic = utf8Encode("QUOEVID1");
/** Length and checksum. */
const prefixBytes = 8;
const fileMode = 0o600;
const goodName = /^[a-z0-9.-]+$/;

/** A store that is not open yet. */
export function createEvidenceFile(options: EvidenceFileOptions): EvidenceStore {
  return new EvidenceFile(options);
}

/** Where a record's bytes lie in the file. */
interface Place {
  readonly offset: number;
  readonly length: number;
}

class EvidenceFile implements EvidenceStore {
  private readonly options: EvidenceFileOptions;
  private readonly disk: DiskCalls;
  private readonly fatal: FatalEnd;
  private readonly places = new Map<string, Place>();
  private file: FileHandle | null = null;
  private end = 0;
  /** Writes one after the other. */
  private queue: Promise<void> = Promise.resolve();

  constructor(options: EvidenceFileOptions) {
    this.options = options;
    this.disk = options.disk ?? nodeDisk;
    this.fatal = new FatalEnd(options.events);
  }

  async open(): Promise<readonly string[]> {
    assert(this.file === null, "a store is opened once");
    const path = join(this.options.directory, evidenceFileName);
    this.file = await openOrCreate(path);
    const bytes = await this.readAll(this.file);
    if (bytesEqual(bytes.subarray(0, magic.length), magic)) {
      this.readRecords(bytes);
      await this.file.truncate(this.end);
    } else {
      await this.begin(this.file);
    }
    return [...this.places.keys()];
  }

  keep(name: string, record: Uint8Array, onKept: () => void): void {
    const { file } = this;
    assert(file !== null, "the store is open");
    assert(goodName.test(name) && name.length <= evidenceNameCharsMax, "the name is a name");
    if (this.places.has(name) || this.places.size >= evidenceRecordsMax) return;
    const bytes = encodeRecord(name, record);
    const offset = this.end;
    if (offset + bytes.length > magic.length + evidenceStoreBytesMax) return;
    this.end += bytes.length;
    this.places.set(name, { offset, length: bytes.length });
    this.queue = this.queue.then(async () => {
      if (this.fatal.hasHappened) return;
      const isWritten = await this.fatal.attempt("write-failed", () =>
        this.disk.write(file, bytes, offset),
      );
      if (!isWritten) return;
      if (await this.fatal.attempt("fsync-failed", () => this.disk.flush(file))) onKept();
    });
  }

  async read(name: string): Promise<Uint8Array | null> {
    const { file } = this;
    const place = this.places.get(name);
    if (file === null || place === undefined) return null;
    await this.queue;
    const bytes = new Uint8Array(place.length);
    await this.disk.read(file, bytes, place.offset);
    const found = decodeRecord(bytes);
    return found?.name === name ? found.record.slice() : null;
  }

  async close(): Promise<void> {
    await this.queue;
    await this.file?.close();
    this.file = null;
  }

  /** The whole file; nothing of one that the disk does not read: a replica starts without it. */
  private async readAll(file: FileHandle): Promise<Uint8Array> {
    const { size } = await file.stat();
    const bytes = new Uint8Array(Math.min(size, magic.length + evidenceStoreBytesMax));
    try {
      await this.disk.read(file, bytes, 0);
      return bytes;
    } catch (error) {
      if (errnoOf(error) !== "EIO") throw error;
      this.options.log.warn("evidence cannot be read", { bytes: size });
      return new Uint8Array(0);
    }
  }

  /** A new file, or one whose first bytes rotted: nothing of it can be found again. */
  private async begin(file: FileHandle): Promise<void> {
    await file.truncate(0);
    await this.disk.write(file, magic, 0);
    await this.disk.flush(file);
    await flushDirectory(this.options.directory);
    this.end = magic.length;
  }

  private readRecords(bytes: Uint8Array): void {
    let offset = magic.length;
    let unreadable = 0;
    for (;;) {
      const length = lengthAt(bytes, offset);
      if (length === null) break;
      const found = decodeRecord(bytes.subarray(offset, offset + length));
      if (found === null) unreadable += 1;
      else this.places.set(found.name, { offset, length });
      offset += length;
    }
    this.end = offset;
    if (unreadable > 0) this.options.log.warn("evidence has rotted", { records: unreadable });
  }
}

async function openOrCreate(path: string): Promise<FileHandle> {
  try {
    return await open(path, "r+");
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
    return open(path, "wx+", fileMode);
  }
}

function encodeRecord(name: string, record: Uint8Array): Uint8Array {
  const named = utf8Encode(name);
  const checked = new ByteWriter().u16(named.length).raw(named).raw(record).finish();
  return new ByteWriter()
    .u32(prefixBytes + checked.length)
    .u32(crc32(checked))
    .raw(checked)
    .finish();
}

/** Length of the whole record that begins there; null at the end, or where it is not whole. */
function lengthAt(bytes: Uint8Array, offset: number): number | null {
  if (offset + prefixBytes + 2 > bytes.length) return null;
  const length = new ByteReader(bytes.subarray(offset, offset + 4)).u32();
  return length < prefixBytes + 2 || offset + length > bytes.length ? null : length;
}

function decodeRecord(
  bytes: Uint8Array,
): { readonly name: string; readonly record: Uint8Array } | null {
  const reader = new ByteReader(bytes);
  reader.u32();
  const checksum = reader.u32();
  const checked = bytes.subarray(prefixBytes);
  if (crc32(checked) !== checksum) return null;
  const name = String.fromCharCode(...reader.raw(reader.u16()));
  return { name, record: bytes.subarray(reader.offset) };
}
