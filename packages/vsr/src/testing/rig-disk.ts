/**
 * The disk of one member of a rig: what is durable, and what is still on its way there.
 *
 * Appends complete in their order and superblock writes in theirs, but the two do not wait for
 * each other, as on a real disk. A crash loses whatever has not completed.
 */
import { bytesEqual, hexEncode, present } from "@quorate/prelude";
import { decodeStateNode, decodeStateRoot, type Entry, type Superblock } from "@quorate/protocol";
import type { HeldEntry } from "../create.ts";
import type { Effect } from "../effect.ts";
import type { Input } from "../input.ts";

type DiskEffect = Extract<
  Effect,
  { kind: "append" | "repair" | "write-superblock" | "read" | "write-blocks" | "read-blocks" }
>;
export type DiskWork = DiskEffect["kind"];

/** What a restart cannot read any more. */
export interface Damage {
  /** Bodies that rotted; their headers are known. */
  readonly corrupt?: readonly number[];
  /** Everything from this op on is unreadable with its headers (rule S5). */
  readonly unreadableFrom?: number;
}

/** An old copy of a disk; of its blocks the newer ones do no harm. */
export interface DiskBackup {
  readonly superblock: Superblock;
  readonly entries: ReadonlyMap<string, Entry>;
}

export class RigDisk {
  superblock: Superblock;
  private readonly entries = new Map<string, Entry>();
  private readonly rotten = new Set<string>();
  private readonly blocks = new Map<string, Uint8Array>();
  private pending: DiskEffect[] = [];
  private readonly held = new Set<DiskWork | "retain-blocks">();
  /** Roots of the retains that wait; blocks that are written later wait behind them. */
  private retains: (readonly Uint8Array[])[] = [];

  /** A new member's disk holds its first superblock and nothing else. */
  constructor(superblock: Superblock) {
    this.superblock = superblock;
  }

  accept(effect: DiskEffect): void {
    this.pending.push(effect);
  }

  /** Work of this kind waits until it is released. */
  hold(...kinds: DiskWork[]): void {
    for (const kind of kinds) this.held.add(kind);
  }

  /** What is to be freed, or written to the block store after that, waits until it is released. */
  holdRetains(): void {
    this.held.add("retain-blocks").add("write-blocks");
  }

  release(): void {
    this.held.clear();
    for (const stateRoots of this.retains.splice(0)) this.retain(stateRoots);
  }

  /** Completes the oldest work (of one kind, held or not, if named); null when there is none. */
  completeNext(kind?: DiskWork): Input | null {
    const at = this.pending.findIndex((work) => {
      return kind === undefined ? !this.held.has(work.kind) : work.kind === kind;
    });
    if (at === -1) return null;
    return this.perform(present(this.pending.splice(at, 1)[0]));
  }

  /** Whether the entry has reached the disk, whatever became of it since. */
  hasStored(hash: Uint8Array): boolean {
    return this.entries.has(hexEncode(hash));
  }

  /** Digests, in hexadecimal, of the blocks that are on the disk. */
  get heldBlocks(): readonly string[] {
    return [...this.blocks.keys()];
  }

  /** The block can no longer be read. */
  rotBlock(digest: Uint8Array): void {
    this.blocks.delete(hexEncode(digest));
  }

  /** What no root reaches may go. The rig frees only what no tree names any more. */
  retain(stateRoots: readonly Uint8Array[]): void {
    if (this.held.has("retain-blocks")) return void this.retains.push(stateRoots);
    const reached = new Set<string>();
    for (const root of stateRoots) reach(this.blocks, root, reached);
    for (const digest of this.blocks.keys()) if (!reached.has(digest)) this.blocks.delete(digest);
  }

  /** The body can no longer be read, though its header can. */
  rot(op: number): void {
    for (const [key, { header }] of this.entries) if (header.op === op) this.rotten.add(key);
  }

  /** Everything that is durable now, as a backup would have it. */
  backup(): DiskBackup {
    return { superblock: this.superblock, entries: new Map(this.entries) };
  }

  /** Somebody puts the disk back to what it was. */
  putBack(backup: DiskBackup): void {
    this.superblock = backup.superblock;
    this.entries.clear();
    for (const [key, entry] of backup.entries) this.entries.set(key, entry);
  }

  crash(): void {
    this.pending = [];
    this.retains = [];
    this.held.clear();
  }

  /** What a start finds, by rules S3 and S5. The superblock counts the start durably. */
  open({ corrupt = [], unreadableFrom }: Damage): {
    readonly superblock: Superblock;
    readonly entries: readonly HeldEntry[];
  } {
    for (const op of corrupt) this.rot(op);
    const { view, lastNormalView, boot, isHeadUncertain } = this.superblock;
    const log = this.belowHead();
    if (view === lastNormalView) this.extend(log);
    const isLost = unreadableFrom !== undefined;
    if (isLost) log.splice(unreadableFrom - this.superblock.base.op - 1);
    this.superblock = {
      ...this.superblock,
      boot: boot + 1,
      isHeadUncertain: isHeadUncertain || isLost,
    };
    return { superblock: this.superblock, entries: log.map((entry) => this.asHeld(entry)) };
  }

  private perform(work: DiskEffect): Input {
    switch (work.kind) {
      case "append":
        this.store(work.entries);
        return {
          kind: "appended",
          generation: work.generation,
          op: present(work.entries.at(-1)).header.op,
        };
      case "repair":
        this.store(work.entries);
        return { kind: "repaired", entries: work.entries };
      case "write-superblock":
        this.superblock = work.superblock;
        return { kind: "superblock-stored", write: work.write };
      case "read": {
        const entries = work.positions.map(({ hash }) => this.readable(hash));
        return { kind: "entries-read", token: work.token, entries };
      }
      case "write-blocks":
        // Copies: whoever loads a block owns its bytes.
        for (const { digest, bytes } of work.blocks) {
          this.blocks.set(hexEncode(digest), bytes.slice());
        }
        return { kind: "blocks-stored", token: work.token };
      case "read-blocks": {
        const blocks = work.digests.map((each) => this.blocks.get(hexEncode(each))?.slice());
        return {
          kind: "blocks-read",
          token: work.token,
          blocks: blocks.map((each) => each ?? null),
        };
      }
    }
  }

  private readable(hash: Uint8Array): Entry | null {
    const key = hexEncode(hash);
    return this.rotten.has(key) ? null : (this.entries.get(key) ?? null);
  }

  private store(entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.entries.set(hexEncode(entry.hash), entry);
      this.rotten.delete(hexEncode(entry.hash));
    }
  }

  /** The log that the superblock names, oldest first. All of it must be on the disk (rule S2). */
  private belowHead(): Entry[] {
    const log: Entry[] = [];
    let { op, hash }: { readonly op: number; readonly hash: Uint8Array } = this.superblock.head;
    for (; op > this.superblock.base.op; op--) {
      const claim = `S2: the superblock names op ${op}, so it is on the disk`;
      const entry: Entry = present(this.entries.get(hexEncode(hash)), claim);
      log.unshift(entry);
      hash = entry.header.parent;
    }
    return log;
  }

  /** Entries above the head count only if they chain to it and are of the last normal view. */
  private extend(log: Entry[]): void {
    const { head, lastNormalView, base } = this.superblock;
    let { hash } = head;
    while (true) {
      const next = [...this.entries.values()].find(
        ({ header }) =>
          header.view === lastNormalView &&
          header.op === base.op + log.length + 1 &&
          bytesEqual(header.parent, hash),
      );
      if (next === undefined) return;
      log.push(next);
      hash = next.hash;
    }
  }

  private asHeld({ header, hash }: Entry): HeldEntry {
    return { header, hash, state: this.rotten.has(hexEncode(hash)) ? "corrupt" : "present" };
  }
}

/** Adds a root and every block below it. A node that is not held leads nowhere. */
function reach(
  blocks: ReadonlyMap<string, Uint8Array>,
  root: Uint8Array,
  reached: Set<string>,
): void {
  reached.add(hexEncode(root));
  const bytes = blocks.get(hexEncode(root));
  if (bytes === undefined) return;
  const { top, levels } = decodeStateRoot(bytes);
  let digests: readonly Uint8Array[] = [top];
  for (let level = levels; level >= 0; level--) {
    for (const digest of digests) reached.add(hexEncode(digest));
    const nodes = digests.flatMap((digest) => blocks.get(hexEncode(digest)) ?? []);
    digests = level === 0 ? [] : nodes.flatMap((node) => [...decodeStateNode(node, level)]);
  }
}
