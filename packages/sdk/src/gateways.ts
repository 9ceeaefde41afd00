/** Which gateway is asked: always the same one, until it does not serve. */
export class Gateways {
  private readonly urls: readonly string[];
  private index = 0;

  /** @param urls at least one */
  constructor(urls: readonly string[]) {
    this.urls = urls;
  }

  /** How many there are. */
  get count(): number {
    return this.urls.length;
  }

  /** The address to ask now. */
  current(): string {
    const url = this.urls[this.index];
    if (url === undefined) throw new RangeError("there is no gateway");
    return url;
  }

  /** Goes on to the next, unless another call has already turned away from this one. */
  turnFrom(url: string): void {
    if (this.current() === url) this.index = (this.index + 1) % this.urls.length;
  }
}
