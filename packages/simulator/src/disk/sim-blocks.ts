/** Blocks on a simulated disk: the real slots, virtual time, one process's life, beside the log. */
import { crc32 } from "node:zlib";
import {
  type BlockIndex,
  blockSlotImage,
  type HeldBlock,
  reachableBlocks,
  writeBlockHeader,
} from "@quorate/log-format";
import { hexEncode } from "@quorate/prelude";
import type { Block } from "@quorate/protocol";
import type { SimDisk } from "./sim-disk.ts";

/** Blocks that share a flush: few, so that processes die between the blocks of one call. */
const blocksPerPortionMax = 4;

export interface SimBlocksParts {
  readonly disk: SimDisk;
  /** Runs later, unless the process is gone then. */
  after(micros: number, run: () => void): void;
  /** Time of one flush or read, in microseconds. */
  flushMicros(): number;
  /** Flushes what was written to slots; `next` never runs when the process dies of it. */
  flush(next: () => void): void;
  /** Called before a promise is settled or a callback runs. */
  answering(): void;
}

/** A block that waits, copied as it will lie in its slot, whichever that is. */
interface WaitingBlock {
  readonly digest: Uint8Array;
  readonly length: number;
  readonly image: Uint8Array;
}

/** Blocks that are written with one flush, by the names of their digests. */
type Portion = Map<string, { readonly placed: HeldBlock; readonly image: Uint8Array }>;

type Command =
  | {
      readonly kind: "write";
      readonly blocks: readonly WaitingBlock[];
      taken: number;
      done(): void;
    }
  | { readonly kind: "retain"; readonly stateRoots: readonly Uint8Array[] };

export class SimBlocks {
  private readonly parts: SimBlocksParts;
  private readonly index: BlockIndex;
  private readonly commands: Command[] = [];
  private isRunning = false;
  /** Called once when nothing waits any more. */
  private drained: () => void = () => undefined;

  constructor(parts: SimBlocksParts) {
    this.parts = parts;
    this.index = parts.disk.scanBlocks();
  }

  write(blocks: readonly Block[], onStored: () => void): void {
    const copies = blocks.map((block) => ({
      digest: block.digest.slice(),
      length: block.bytes.length,
      image: blockSlotImage(block),
    }));
    this.push({ kind: "write", blocks: copies, taken: 0, done: onStored });
  }

  retain(stateRoots: readonly Uint8Array[]): void {
    this.push({ kind: "retain", stateRoots });
  }

  read(digests: readonly Uint8Array[]): Promise<readonly (Uint8Array | null)[]> {
    return new Promise((resolve) => {
      this.parts.after(this.parts.flushMicros(), () => {
        this.parts.answering();
        resolve(digests.map((digest) => this.readOne(digest)));
      });
    });
  }

  /** Runs when every block asked for so far is on disk: at once when none is missing. */
  whenStored(run: () => void): void {
    if (this.commands.some(({ kind }) => kind === "write")) this.write([], run);
    else run();
  }

  close(): Promise<void> {
    if (!this.isRunning) return Promise.resolve();
    return new Promise((resolve) => {
      this.drained = resolve;
    });
  }

  private push(command: Command): void {
    this.commands.push(command);
    if (this.isRunning) return;
    this.isRunning = true;
    this.parts.after(0, () => this.perform());
  }

  private perform(): void {
    const [command] = this.commands;
    switch (command?.kind) {
      case undefined:
        this.isRunning = false;
        return this.drained();
      case "write":
        return this.writePortion();
      case "retain":
        return this.parts.after(this.parts.flushMicros(), () => {
          this.free(command.stateRoots);
          this.commands.shift();
          this.perform();
        });
    }
  }

  private writePortion(): void {
    const { disk } = this.parts;
    const portion = this.takePortion();
    if (portion.size === 0) return this.complete();
    for (const { placed, image } of portion.values()) {
      writeBlockHeader(image, placed.slot, placed, crc32);
      disk.write({ file: "blocks", slot: placed.slot, bytes: image });
    }
    this.parts.flush(() => {
      for (const { placed } of portion.values()) this.index.stored(placed);
      this.complete();
    });
  }

  private takePortion(): Portion {
    const portion: Portion = new Map();
    for (const command of this.commands) {
      if (command.kind !== "write") break;
      for (; command.taken < command.blocks.length; command.taken++) {
        const block = command.blocks[command.taken];
        if (block === undefined || portion.size === blocksPerPortionMax) return portion;
        const name = hexEncode(block.digest);
        if (portion.has(name) || this.isHeld(block.digest)) continue;
        const placed = this.index.place(block.digest, block.length);
        portion.set(name, { placed, image: block.image });
      }
    }
    return portion;
  }

  private complete(): void {
    for (let command = this.commands[0]; command?.kind === "write"; command = this.commands[0]) {
      if (command.taken < command.blocks.length) break;
      this.commands.shift();
      this.parts.answering();
      command.done();
    }
    this.parts.after(0, () => this.perform());
  }

  private isHeld(digest: Uint8Array): boolean {
    const held = this.index.locate(digest);
    return held !== null && (held.isProven || this.readOne(digest) !== null);
  }

  private readOne(digest: Uint8Array): Uint8Array | null {
    const held = this.index.locate(digest);
    if (held === null) return null;
    const bytes = this.parts.disk.readBlock(this.index, digest);
    held.isProven = bytes !== null;
    return bytes;
  }

  private free(stateRoots: readonly Uint8Array[]): void {
    const walk = reachableBlocks(stateRoots);
    let step = walk.next();
    while (step.done !== true) step = walk.next(this.readOne(step.value));
    if (step.value === null) return;
    this.index.retain(step.value);
    this.parts.disk.trimBlocks(this.index.endOfUse());
  }
}
