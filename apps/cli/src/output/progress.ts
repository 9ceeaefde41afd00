/** A bar on the talk side that says how far a long work has come, where a person can see it. */
import type { TextSink } from "../terminal.ts";
import { durationText, grouped } from "./cell.ts";

/** Characters of the bar. */
const barChars = 24;

/** Shortest time between two drawings, in ms: more often is flicker. */
const drawIntervalMs = 100;

/** The line for `done` of `total` after `tookMs`; `text` says what the two are. */
export function progressLine(
  {
    done,
    total,
    tookMs,
  }: { readonly done: number; readonly total: number; readonly tookMs: number },
  text: (amount: number) => string,
): string {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const full = Math.round(share * barChars);
  const bar = "█".repeat(full) + "░".repeat(barChars - full);
  const leftMs = done === 0 ? 0 : (tookMs / done) * (total - done);
  const left =
    share === 1 || done === 0 ? "" : `  ${durationText(Math.round(leftMs / 100) * 100)} left`;
  return `${bar} ${text(done)} of ${text(total)}${left}`;
}

/** What a bar is about. */
interface Given {
  readonly total: number;
  readonly nowMs: () => number;
  /** An amount in words; a number of things unless said otherwise. */
  readonly text?: (amount: number) => string;
}

/** One bar. `sink` null: nobody looks, and nothing is drawn. */
export class Progress {
  readonly #sink: TextSink | null;
  readonly #total: number;
  readonly #nowMs: () => number;
  readonly #beganMs: number;
  readonly #text: (amount: number) => string;
  #drawnMs = 0;

  constructor(sink: TextSink | null, given: Given) {
    this.#sink = sink;
    this.#total = given.total;
    this.#nowMs = given.nowMs;
    this.#beganMs = given.nowMs();
    this.#text = given.text ?? grouped;
  }

  /** Says how much is done, and of how much, where that has changed. */
  show(done: number, total = this.#total): void {
    const nowMs = this.#nowMs();
    if (this.#sink === null || nowMs - this.#drawnMs < drawIntervalMs) return;
    this.#drawnMs = nowMs;
    const tookMs = nowMs - this.#beganMs;
    const line = progressLine({ done, total, tookMs }, this.#text);
    this.#sink.write(`\r\u001b[K${line.slice(0, this.#sink.columns - 1)}`);
  }

  /** Removes the bar, if there is one; what follows begins at the left. */
  end(): void {
    if (this.#sink !== null && this.#drawnMs > 0) this.#sink.write("\r\u001b[K");
    this.#drawnMs = 0;
  }
}
