import { assert, present, type Sha256 } from "@quorate/prelude";

/** Size of a page: small enough to hash in 50 µs, large enough for few of them. */
export const pageBytes = 65_536;

/**
 * The memory of the state machine: pages of 64 KiB, little-endian on every platform, so that equal
 * logs give equal pages and a checkpoint can name a page by its hash.
 *
 * Page ids are handed out in order and reused last freed first: placement is a pure function of the
 * log. Whoever writes takes `writable`, which marks the page as changed in this epoch; a checkpoint
 * that begins an epoch and keeps the old views gets copy-on-write from that one place.
 */
export class PageStore {
  private readonly views: (DataView | undefined)[] = [];
  private readonly writtenIn: number[] = [];
  private readonly digests: (Uint8Array | undefined)[] = [];
  private readonly freed: number[] = [];
  private epoch = 1;

  /** Id of a page of zeros. */
  allocate(): number {
    const page = this.freed.pop() ?? this.views.length;
    this.views[page] = new DataView(new ArrayBuffer(pageBytes));
    this.writtenIn[page] = this.epoch;
    this.digests[page] = undefined;
    return page;
  }

  free(page: number): void {
    assert(this.views[page] !== undefined, "page is allocated");
    this.views[page] = undefined;
    this.digests[page] = undefined;
    this.freed.push(page);
  }

  readable(page: number): DataView {
    return present(this.views[page], "page is allocated");
  }

  writable(page: number): DataView {
    if (this.writtenIn[page] !== this.epoch) this.writtenIn[page] = this.epoch;
    return present(this.views[page], "page is allocated");
  }

  /** Pages in use. */
  get count(): number {
    return this.views.length - this.freed.length;
  }

  /**
   * Digests of all pages in the order of their ids. Hashes only what was written since the last
   * call, and begins a new epoch.
   */
  digestPages(sha256: Sha256): readonly Uint8Array[] {
    const digests: Uint8Array[] = [];
    this.views.forEach((view, page) => {
      if (view === undefined) return;
      const known = this.writtenIn[page] === this.epoch ? undefined : this.digests[page];
      const digest = known ?? sha256(new Uint8Array(view.buffer));
      this.digests[page] = digest;
      digests.push(digest);
    });
    this.epoch += 1;
    return digests;
  }
}
