/** Virtual time: everything that will happen, in order, from one seed. */
import { Prng } from "@quorate/prelude";
import type { Trace } from "./trace.ts";

interface PlannedEvent {
  readonly atMicros: number;
  /** Ties are broken by the order of planning. */
  readonly order: number;
  readonly run: () => void;
}

/**
 * Continuations that one settled promise sets off, one after the other: from the client's call
 * through the worker to the next thing that waits for virtual time. More would only run later.
 */
const continuationTurns = 12;

const settled = Promise.resolve();

/** The one source of time and chance of a run. */
export class World {
  readonly prng: Prng;
  readonly trace: Trace;
  /** Microseconds since the start of the run. */
  nowMicros = 0;
  eventsRun = 0;
  /** How often each kind of fault happened. */
  readonly faultCounts = new Map<string, number>();
  private readonly heap: PlannedEvent[] = [];
  private planned = 0;
  private hasPromises = false;

  constructor(seed: number, trace: Trace) {
    this.prng = new Prng(seed);
    this.trace = trace;
  }

  after(delayMicros: number, run: () => void): void {
    const atMicros = this.nowMicros + Math.max(0, Math.round(delayMicros));
    push(this.heap, { atMicros, order: this.planned++, run });
  }

  /** Settles when so many milliseconds of virtual time have passed. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms * 1_000, () => {
        this.expectPromises();
        resolve();
      });
    });
  }

  /** A fault happens: counted, and a line of the trace. */
  fault(who: string, kind: string, detail = ""): void {
    this.faultCounts.set(kind, (this.faultCounts.get(kind) ?? 0) + 1);
    this.trace.event(this.nowMicros, who, kind, detail);
  }

  /** Something may settle a promise: its continuations run before the next event. */
  expectPromises(): void {
    this.hasPromises = true;
  }

  /** Runs events until `isDone`, or until the time is up. Returns whether `isDone` held. */
  async run(untilMicros: number, isDone: () => boolean): Promise<boolean> {
    while (!isDone()) {
      const next = this.heap[0];
      if (next === undefined || next.atMicros > untilMicros) {
        this.nowMicros = untilMicros;
        return isDone();
      }
      pop(this.heap);
      this.nowMicros = next.atMicros;
      this.eventsRun += 1;
      next.run();
      if (this.hasPromises) {
        this.hasPromises = false;
        for (let turn = 0; turn < continuationTurns; turn++) await settled;
      }
    }
    return true;
  }
}

function isBefore(left: PlannedEvent, right: PlannedEvent): boolean {
  return (
    left.atMicros < right.atMicros || (left.atMicros === right.atMicros && left.order < right.order)
  );
}

function push(heap: PlannedEvent[], event: PlannedEvent): void {
  let at = heap.length;
  heap.push(event);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || !isBefore(event, above)) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = event;
}

function pop(heap: PlannedEvent[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    const left = heap[2 * at + 1];
    const right = heap[2 * at + 2];
    const isRight = left !== undefined && right !== undefined && isBefore(right, left);
    const below = isRight ? right : left;
    if (below === undefined || !isBefore(below, last)) break;
    heap[at] = below;
    at = 2 * at + (isRight ? 2 : 1);
  }
  heap[at] = last;
}
