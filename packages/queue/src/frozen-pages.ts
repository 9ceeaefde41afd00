import type { Sha256, StateLeaf } from "@quorate/prelude";
import type { FrozenSection } from "./frozen-section.ts";
import type { PageStore } from "./page-store.ts";

/** The pages of a frozen state, in the order of their ids: a leaf each. */
export class FrozenPages implements FrozenSection {
  private readonly store: PageStore;
  private readonly sha256: Sha256;
  private views: (DataView | undefined)[];
  private digests: (Uint8Array | undefined)[];
  private page = 0;

  constructor(store: PageStore, sha256: Sha256) {
    this.store = store;
    this.sha256 = sha256;
    ({ views: this.views, digests: this.digests } = store.capture());
  }

  next(): StateLeaf | null {
    while (this.page < this.views.length) {
      const { page } = this;
      this.page += 1;
      const view = this.views[page];
      const known = this.digests[page];
      if (view !== undefined) return this.give(page, view, known);
      if (known !== undefined) return { digest: known, bytes: null };
    }
    return null;
  }

  keep(): void {
    this.store.keep(this.digests);
    this.drop();
  }

  drop(): void {
    this.views = [];
    this.digests = [];
  }

  // From now on the bytes are the taker's: a frozen state does not hold what it has given out.
  private give(page: number, view: DataView, known: Uint8Array | undefined): StateLeaf {
    this.views[page] = undefined;
    const bytes = new Uint8Array(view.buffer);
    const digest = known ?? this.sha256(bytes);
    this.digests[page] = digest;
    this.store.noteDigest(page, view, digest);
    return { digest, bytes };
  }
}
