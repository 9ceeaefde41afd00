import {
  assert,
  bytesEqual,
  type FrozenState,
  type Sha256,
  type StateLeaf,
} from "@quorate/prelude";
import { FrozenPages } from "./frozen-pages.ts";
import type { FrozenSection } from "./frozen-section.ts";
import { FrozenSlabs } from "./frozen-slabs.ts";
import { metaLeaves, writeStateMeta } from "./state-meta.ts";
import type { QueueState } from "./state.ts";

/** The queues at one op: first what lies in no page, then the pages, then the slabs. */
export class FrozenQueueState implements FrozenState {
  private readonly sections: readonly FrozenSection[];
  private at = 0;
  private open = true;

  constructor(state: QueueState, sha256: Sha256) {
    this.sections = [
      new FrozenMeta(state, sha256),
      new FrozenPages(state.pages, sha256),
      new FrozenSlabs(state.slabs, sha256),
    ];
  }

  /** Until it is kept or dropped. */
  get isOpen(): boolean {
    return this.open;
  }

  next(): StateLeaf | null {
    assert(this.open, "the frozen state was neither kept nor dropped");
    for (;;) {
      const section = this.sections[this.at];
      if (section === undefined) return null;
      const leaf = section.next();
      if (leaf !== null) return leaf;
      this.at += 1;
    }
  }

  keep(): void {
    assert(this.open && this.at === this.sections.length, "every leaf was taken");
    this.open = false;
    for (const section of this.sections) section.keep();
  }

  drop(): void {
    this.open = false;
    for (const section of this.sections) section.drop();
  }
}

class FrozenMeta implements FrozenSection {
  private readonly state: QueueState;
  private readonly sha256: Sha256;
  private leaves: readonly Uint8Array[];
  private readonly digests: Uint8Array[] = [];

  constructor(state: QueueState, sha256: Sha256) {
    this.state = state;
    this.sha256 = sha256;
    this.leaves = metaLeaves(writeStateMeta(state));
  }

  next(): StateLeaf | null {
    const at = this.digests.length;
    const bytes = this.leaves[at];
    if (bytes === undefined) return null;
    const digest = this.sha256(bytes);
    this.digests.push(digest);
    const kept = this.state.keptMeta[at];
    return { digest, bytes: kept !== undefined && bytesEqual(kept, digest) ? null : bytes };
  }

  keep(): void {
    this.state.keptMeta = this.digests;
    this.drop();
  }

  drop(): void {
    this.leaves = [];
  }
}
