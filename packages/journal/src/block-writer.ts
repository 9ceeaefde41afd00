/**
 * Writes blocks and frees them, in the order in which it was asked for, beside the log: neither
 * waits for the other.
 */
import type { FileHandle } from "node:fs/promises";
import {
  blockSlotImage,
  type Crc32,
  type HeldBlock,
  reachableBlocks,
  writeBlockHeader,
} from "@quorate/log-format";
import type { Log } from "@quorate/ports";
import { SlotMemories } from "./slot-memories.ts";
import { hexEncode } from "@quorate/prelude";
import type { Block } from "@quorate/protocol";
import type { BlockFiles } from "./block-files.ts";
import type { DiskCalls } from "./disk-calls.ts";
import type { FatalEnd } from "./fatal-end.ts";

/**
 * Bytes of blocks that are on their way to the disk at once. The flush of a batch that comes in
 * between waits for no more than these: with four times as many its p99 is twice as long.
 */
const portionBytesMax = 256 * 1024;

export interface BlockWriterParts {
  readonly blocks: BlockFiles;
  readonly disk: DiskCalls;
  readonly crc32: Crc32;
  readonly fatal: FatalEnd;
  readonly log: Log;
}

/** A copy of a block, as its slot will hold it. */
interface SlotImage {
  readonly digest: Uint8Array;
  readonly length: number;
  readonly image: Uint8Array;
  /** Where the image lies; used for another one when this is on disk. */
  readonly memory: Uint8Array;
}

type Command =
  | {
      readonly kind: "write";
      readonly images: readonly SlotImage[];
      /** Images that are part of this portion or an earlier one. */
      taken: number;
      done(): void;
      /** Called after `done`, or when that will never be called. */
      settle(): void;
    }
  | { readonly kind: "retain"; readonly stateRoots: readonly Uint8Array[] };

/** Blocks that share a flush, by digest in hexadecimal. */
type Portion = Map<string, { readonly placed: HeldBlock; readonly from: SlotImage }>;

export class BlockWriter {
  private readonly parts: BlockWriterParts;
  private readonly commands: Command[] = [];
  private running: Promise<void> | null = null;
  private newestWrite: Promise<void> = Promise.resolve();
  private readonly memories = new SlotMemories();

  constructor(parts: BlockWriterParts) {
    this.parts = parts;
  }

  write(blocks: readonly Block[], onStored: () => void): void {
    const { promise, resolve: settle } = Promise.withResolvers<void>();
    const images = blocks.map((block) => {
      const memory = this.memories.take();
      const image = blockSlotImage(block, memory);
      return { digest: block.digest.slice(), length: block.bytes.length, image, memory };
    });
    this.newestWrite = promise;
    this.push({ kind: "write", images, taken: 0, done: onStored, settle });
  }

  retain(stateRoots: readonly Uint8Array[]): void {
    this.push({ kind: "retain", stateRoots });
  }

  /** Resolves when every block asked for so far is on disk, or never will be. */
  settled(): Promise<void> {
    return this.newestWrite;
  }

  /** Resolves when nothing waits any more. */
  async drained(): Promise<void> {
    while (this.running !== null) await this.running;
  }

  private push(command: Command): void {
    this.commands.push(command);
    this.running ??= this.run();
  }

  private async run(): Promise<void> {
    // Whatever else is asked for in this turn of the event loop joins the first portion.
    await Promise.resolve();
    try {
      while (!this.parts.fatal.hasHappened) {
        const [command] = this.commands;
        if (command === undefined) return;
        if (command.kind === "write") await this.writePortion();
        else await this.free(command.stateRoots);
      }
      for (const command of this.commands.splice(0)) {
        if (command.kind === "write") command.settle();
      }
    } finally {
      this.running = null;
    }
  }

  /** Writes the blocks at the front that fit one portion, and calls back for what is complete. */
  private async writePortion(): Promise<void> {
    const { fatal } = this.parts;
    const portion: Portion = new Map();
    if (!(await fatal.attempt("read-failed", () => this.gather(portion)))) return;
    if (!(await this.store(portion))) return;
    for (const { placed, from } of portion.values()) {
      this.parts.blocks.index.stored(placed);
      this.memories.give(from.memory);
    }
    while (true) {
      const [command] = this.commands;
      if (command?.kind !== "write" || command.taken < command.images.length) return;
      this.commands.shift();
      command.done();
      command.settle();
    }
  }

  private async gather(portion: Portion): Promise<void> {
    let bytes = 0;
    for (const command of this.commands) {
      if (command.kind !== "write") return;
      while (command.taken < command.images.length) {
        if (bytes >= portionBytesMax) return;
        const next = command.images[command.taken++];
        if (next === undefined) break;
        const name = hexEncode(next.digest);
        if (portion.has(name) || (await this.isHeld(next.digest))) {
          this.memories.give(next.memory);
          continue;
        }
        const placed = this.parts.blocks.index.place(next.digest, next.length);
        portion.set(name, { placed, from: next });
        bytes += next.image.length;
      }
    }
  }

  /** Whether the block is on disk: of one that only a scan has seen, the bytes are looked at. */
  private async isHeld(digest: Uint8Array): Promise<boolean> {
    const held = this.parts.blocks.index.locate(digest);
    if (held === null || held.isProven) return held !== null;
    return (await this.parts.blocks.read(held)) !== null;
  }

  private async store(portion: Portion): Promise<boolean> {
    const { blocks, disk, crc32, fatal } = this.parts;
    const files = new Set<FileHandle>();
    const isWritten = await fatal.attempt("write-failed", async () => {
      for (const { placed, from } of portion.values()) {
        const { image } = from;
        const file = await blocks.fileOf(placed.slot);
        writeBlockHeader(image, placed.slot, placed, crc32);
        await disk.write(file, image, blocks.offsetOf(placed.slot));
        files.add(file);
      }
    });
    if (!isWritten) return false;
    return fatal.attempt("fsync-failed", async () => {
      for (const file of files) await disk.flush(file);
    });
  }

  /** Frees what the roots do not reach. */
  private async free(stateRoots: readonly Uint8Array[]): Promise<void> {
    const { blocks, fatal, log } = this.parts;
    await fatal.attempt("read-failed", async () => {
      const walk = reachableBlocks(stateRoots);
      let step = walk.next();
      while (step.done !== true) {
        const held = blocks.index.locate(step.value);
        step = walk.next(held && (await blocks.read(held)));
      }
      if (step.value === null) log.warn("no block is freed: one cannot be read", {});
      else blocks.index.retain(step.value);
      await blocks.trim();
    });
    this.commands.shift();
  }
}
