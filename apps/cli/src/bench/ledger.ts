/** What became of each message of a load: which were sent, and how often each came back. */

/** What is known at the end. */
export interface LedgerSum {
  /** Messages whose enqueue was answered. */
  readonly sent: number;
  /** Of those, the ones that came back and were acknowledged once. */
  readonly once: number;
  /** Of those, the ones that were not acknowledged before the load ended. */
  readonly lost: number;
  /** Messages that were acknowledged more than once. */
  readonly doubled: number;
  /** Messages that came back and were not of this load. */
  readonly foreign: number;
}

/** A byte for each number: 1 when its enqueue was answered, and twice the times that it came back. */
const sentFlag = 1;
const backUnit = 2;
const backMax = 2 * backUnit;

/** Numbers that there is room for at first; it is doubled when they are used up. */
const roomAtFirst = 65_536;

/** Keeps account of one load. */
export class Ledger {
  readonly #mark: string;
  #states = new Uint8Array(roomAtFirst);
  #next = 0;
  #owed = 0;
  #foreign = 0;

  /** `mark` tells this load's messages from all others. */
  constructor(mark: string) {
    this.#mark = mark;
  }

  /** The number of the next message. */
  nextNumber(): number {
    const number = this.#next;
    this.#next += 1;
    if (this.#next > this.#states.length) {
      const wider = new Uint8Array(this.#states.length * 2);
      wider.set(this.#states);
      this.#states = wider;
    }
    return number;
  }

  /** The body of a message: its number, in at least so many characters. */
  bodyOf(number: number, chars: number): string {
    return `${this.#mark} ${number} `.padEnd(chars, "x");
  }

  /** Messages that were sent and have not come back yet. */
  get owed(): number {
    return this.#owed;
  }

  /** The enqueue of this number was answered; the message may have come back before that. */
  wasSent(number: number): void {
    const state = this.#states[number] ?? 0;
    if (state < backUnit) this.#owed += 1;
    this.#states[number] = state | sentFlag;
  }

  /** A message with this body came back, and its acknowledgement counted. */
  cameBack(body: unknown): void {
    const [mark, number = ""] = typeof body === "string" ? body.split(" ", 2) : [];
    const index = Number(number);
    if (mark !== this.#mark || !/^\d{1,15}$/.test(number) || index >= this.#next) {
      this.#foreign += 1;
      return;
    }
    const state = this.#states[index] ?? 0;
    if (state === sentFlag) this.#owed -= 1;
    if (state < backMax) this.#states[index] = state + backUnit;
  }

  /** The sum so far. */
  sum(): LedgerSum {
    const states = this.#states.subarray(0, this.#next);
    const sum = { sent: 0, once: 0, lost: 0, doubled: 0 };
    for (const state of states) {
      const isSent = (state & sentFlag) !== 0;
      const back = Math.floor(state / backUnit);
      if (isSent) sum.sent += 1;
      if (isSent && back === 1) sum.once += 1;
      if (isSent && back === 0) sum.lost += 1;
      if (back > 1) sum.doubled += 1;
    }
    return { ...sum, foreign: this.#foreign };
  }
}
