import { DecodeError, type StateLeaf, type StateLoading } from "@quorate/prelude";
import type { PageClaims } from "./page-claims.ts";
import { pageBytes } from "./page-store.ts";
import { slabPartBytes } from "./slab.ts";
import { StateMetaReader } from "./state-meta.ts";
import type { QueueState } from "./state.ts";

/** Where the next leaf belongs. */
interface Place {
  readonly length: number;
  put(bytes: Uint8Array, digest: Uint8Array): void;
}

/**
 * A state that is put together beside the present one. What is derived from a page is derived as
 * soon as the page is there, so that nothing long is left for the end.
 */
export class QueueStateLoading implements StateLoading {
  private readonly adopt: (state: QueueState) => void;
  private readonly state: QueueState;
  private readonly meta: StateMetaReader;
  private readonly metaDigests: Uint8Array[] = [];
  private places: Iterator<Place, undefined> | null = null;
  private place: Place | undefined;
  /** Whether the leaves are no state, or a state was made of them. */
  private isOver = false;

  /** `state` is empty; `adopt` gets it when it is complete. */
  constructor(state: QueueState, adopt: (state: QueueState) => void) {
    this.state = state;
    this.meta = new StateMetaReader(state);
    this.adopt = adopt;
  }

  add(leaf: StateLeaf & { readonly bytes: Uint8Array }): void {
    if (this.isOver) return;
    try {
      if (this.places === null) this.addMeta(leaf.bytes, leaf.digest);
      else this.put(leaf.bytes, leaf.digest);
      this.place = this.places?.next().value;
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.isOver = true;
    }
  }

  finish(): boolean {
    const { state } = this;
    if (this.isOver || this.places === null || this.place !== undefined) return false;
    this.isOver = true;
    state.keptMeta = this.metaDigests;
    this.adopt(state);
    return true;
  }

  private addMeta(bytes: Uint8Array, digest: Uint8Array): void {
    this.metaDigests.push(digest);
    const claims = this.meta.add(bytes);
    if (claims !== null) this.places = placesOf(this.state, claims);
  }

  private put(bytes: Uint8Array, digest: Uint8Array): void {
    const { place } = this;
    if (bytes.length !== place?.length) throw new DecodeError("length or number of leaves");
    place.put(bytes, digest);
  }
}

function* placesOf({ pages, slabs }: QueueState, claims: PageClaims): Generator<Place, undefined> {
  const freeIds = new Set(pages.freeIds);
  for (let page = 0; page < pages.idCount; page++) {
    if (freeIds.has(page)) continue;
    const put = (bytes: Uint8Array, digest: Uint8Array): void => {
      pages.put(page, bytes, digest);
      claims.index(page);
    };
    yield { length: pageBytes, put };
  }
  for (const [, slab] of slabs.entries()) {
    for (let start = 0; start < slab.used; start += slabPartBytes) {
      const length = Math.min(slabPartBytes, slab.used - start);
      yield { length, put: (bytes, digest) => slab.put(start, bytes, digest) };
    }
  }
}
