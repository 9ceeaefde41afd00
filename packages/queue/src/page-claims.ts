import { type ByteReader, DecodeError } from "@quorate/prelude";

/** Whose page it is, and who derives something from its content when it is loaded. */
export interface PageOwner {
  /** The owner's page at this position, from 0, has its content now. */
  indexPage(position: number): void;
}

/** Owner of pages from which nothing is derived. */
export const plainOwner: PageOwner = { indexPage: () => undefined };

interface Claim {
  readonly owner: PageOwner;
  readonly position: number;
}

/** Who owns which page of a state that is being loaded: every page is somebody's, once. */
export class PageClaims {
  private readonly idCount: number;
  private readonly claims: (Claim | undefined)[] = [];
  private count = 0;

  /** Throws DecodeError when the reader is too short to name that many pages. */
  constructor(idCount: number, reader: ByteReader) {
    if (idCount > reader.remaining / 4) throw new DecodeError("more pages than are named");
    this.idCount = idCount;
    for (let page = 0; page < idCount; page++) this.claims.push(undefined);
  }

  /** Reads a page's id. Throws DecodeError when there is no such page, or it has an owner. */
  read(reader: ByteReader, owner: PageOwner, position: number): number {
    const page = reader.u32();
    if (page >= this.idCount || this.claims[page] !== undefined) {
      throw new DecodeError("a page that is not there, or has an owner");
    }
    this.claims[page] = { owner, position };
    this.count += 1;
    return page;
  }

  /** Throws DecodeError when a page has no owner. */
  end(): void {
    if (this.count !== this.idCount) throw new DecodeError("a page without an owner");
  }

  /** Lets the page's owner derive what it derives. */
  index(page: number): void {
    const claim = this.claims[page];
    claim?.owner.indexPage(claim.position);
  }
}
