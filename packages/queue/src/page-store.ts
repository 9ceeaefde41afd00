import { assert, present, type Sha256 } from "@quorate/prelude";

/** Size of a page: small enough to hash in a fraction of a millisecond, large enough for few. */
export const pageBytes = 65_536;

/** The pages of one moment, by their ids. A page that has neither view nor digest is free. */
export interface CapturedPages {
  /** Of the pages whose bytes have to be given out. */
  readonly views: (DataView | undefined)[];
  /** Where they are known; of a page without a view always. */
  readonly digests: (Uint8Array | undefined)[];
}

/**
 * The memory of the state machine: pages of 64 KiB, little-endian on every platform, so that equal
 * logs give equal pages and a checkpoint can name a page by its hash.
 *
 * Page ids are handed out in order and reused last freed first: placement is a pure function of the
 * log. Whoever writes takes `writable`, the one place where a page that somebody else may see is
 * copied before it changes, and where what is known of its content is forgotten.
 */
export class PageStore {
  private readonly views: (DataView | undefined)[] = [];
  private readonly freed: number[] = [];
  /** Whether something below has to be looked at before the page is written. */
  private readonly sealed: boolean[] = [];
  /** Whether the view belongs to a frozen state too, or was given out by one. */
  private readonly shared: boolean[] = [];
  /** Whether the page, as it is, is part of the last state that was kept or loaded. */
  private readonly kept: boolean[] = [];
  /** Of the page as it is. */
  private readonly digests: (Uint8Array | undefined)[] = [];

  /** Id of a page of zeros. */
  allocate(): number {
    const page = this.freed.pop() ?? this.views.length;
    this.begin(page, new DataView(new ArrayBuffer(pageBytes)));
    return page;
  }

  free(page: number): void {
    assert(this.views[page] !== undefined, "page is allocated");
    this.begin(page, undefined);
    this.freed.push(page);
  }

  readable(page: number): DataView {
    return present(this.views[page], "page is allocated");
  }

  writable(page: number): DataView {
    if (this.sealed[page] === true) this.unseal(page);
    return present(this.views[page], "page is allocated");
  }

  /** Pages in use. */
  get count(): number {
    return this.views.length - this.freed.length;
  }

  /** Ids that were ever handed out: all pages have lower ones. */
  get idCount(): number {
    return this.views.length;
  }

  /** Ids of the free pages; the last is used next. */
  get freeIds(): readonly number[] {
    return this.freed;
  }

  /** The pages as they are now. What is written from now on does not show in them. */
  capture(): CapturedPages {
    const views: (DataView | undefined)[] = [];
    this.views.forEach((view, page) => {
      const isGivenOut = view !== undefined && this.kept[page] !== true;
      views.push(isGivenOut ? view : undefined);
      this.sealed[page] = view !== undefined;
      if (isGivenOut) this.shared[page] = true;
    });
    return { views, digests: this.digests.slice() };
  }

  /** Remembers a captured page's digest, if the page is still the same. */
  noteDigest(page: number, view: DataView, digest: Uint8Array): void {
    if (this.views[page] === view) this.digests[page] = digest;
  }

  /** The captured pages are stored. `digests` are those that were captured or noted. */
  keep(digests: readonly (Uint8Array | undefined)[]): void {
    digests.forEach((digest, page) => {
      // A write forgets the digest, so the very same one means the very same content.
      if (digest !== undefined && this.digests[page] === digest) this.kept[page] = true;
    });
  }

  /** The page's digest, hashed only if it was written since the last time; null of a free page. */
  digest(page: number, sha256: Sha256): Uint8Array | null {
    const view = this.views[page];
    if (view === undefined) return null;
    const digest = this.digests[page] ?? sha256(new Uint8Array(view.buffer));
    this.digests[page] = digest;
    this.sealed[page] = true;
    return digest;
  }

  /** Makes an empty store one whose pages are about to be put in; `freeIds` are below `idCount`. */
  restore(idCount: number, freeIds: readonly number[]): void {
    for (let page = 0; page < idCount; page++) this.begin(page, undefined);
    for (const page of freeIds) this.freed.push(page);
  }

  /** Puts a stored page in its place. The bytes, 64 KiB, belong to the store from now on. */
  put(page: number, bytes: Uint8Array, digest: Uint8Array): void {
    assert(bytes.length === pageBytes, "a page's bytes");
    // A view into something larger would keep all of it alive.
    const isWhole = bytes.buffer.byteLength === pageBytes;
    this.begin(page, new DataView(isWhole ? bytes.buffer : bytes.slice().buffer));
    this.digests[page] = digest;
    this.kept[page] = true;
    this.sealed[page] = true;
  }

  private begin(page: number, view: DataView | undefined): void {
    this.views[page] = view;
    this.sealed[page] = false;
    this.shared[page] = false;
    this.kept[page] = false;
    this.digests[page] = undefined;
  }

  private unseal(page: number): void {
    const view = present(this.views[page], "page is allocated");
    const isShared = this.shared[page] === true;
    this.begin(page, isShared ? new DataView(view.buffer.slice(0)) : view);
  }
}
