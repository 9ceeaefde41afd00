import type { LeaseKey } from "@quorate/queue";
import type { Effect, SharedCall } from "./calls.ts";

/** Broken promises that are kept to be shown. */
const evidenceMax = 10;

/** What every answered call did: each effect once, and every answer the same. */
export class Effects {
  /** Answers that were read. */
  answers = 0;
  /** Answers that told of an effect which was there already: what a retry must get. */
  repeats = 0;
  /** Effects that were done twice, or told in two ways. */
  duplicates = 0;
  readonly evidence: string[] = [];
  readonly leases: LeaseKey[] = [];
  private readonly known = new Map<string, { result: string; firsts: number }>();

  /** Takes an answer into account. */
  add({ name }: SharedCall, { isFirst, result, leases }: Effect): void {
    this.answers += 1;
    if (!isFirst) this.repeats += 1;
    const known = this.known.get(name);
    if (known === undefined) {
      this.known.set(name, { result, firsts: isFirst ? 1 : 0 });
      this.leases.push(...leases);
      return;
    }
    if (isFirst) known.firsts += 1;
    if (known.firsts > 1) this.breaks(`${name} was done ${known.firsts} times`);
    if (known.result !== result) this.breaks(`${name}: ${known.result}, and then ${result}`);
  }

  /** Calls of this kind that were answered at least once. */
  countOf(kind: string): number {
    return [...this.known.keys()].filter((name) => name.startsWith(kind)).length;
  }

  private breaks(what: string): void {
    this.duplicates += 1;
    if (this.evidence.length < evidenceMax) this.evidence.push(what);
  }
}
