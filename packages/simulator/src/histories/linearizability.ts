/**
 * Whether a history of calls is what one machine, doing one call at a time, could have answered.
 *
 * Wing and Gong (1993) with Lowe's memory of visited configurations (2017): calls are linearized
 * one by one, each between its call and its return, and a pair of (calls done, state) that led
 * nowhere is not entered again. Histories that fall into independent parts are checked by part.
 */

/** One call by a client. Times are of one clock; a call that was never answered may return late. */
export interface Call<Input, Output> {
  readonly input: Input;
  /** Null when the caller never learned it. */
  readonly output: Output | null;
  readonly callAt: number;
  /** Infinity when the outcome is unknown: the call may take effect at any later time, or never. */
  readonly returnAt: number;
}

/** A machine that does one call at a time. */
export interface SequentialModel<State, Input, Output> {
  init(): State;
  /**
   * The state after the call, or null when the machine would not have answered this output. An
   * output of null fits any answer.
   */
  step(state: State, input: Input, output: Output | null): State | null;
  /** Equal states have equal keys, and no others. */
  keyOf(state: State): string;
  /** Parts of the history that do not depend on each other; one when all do. */
  partition(history: readonly Call<Input, Output>[]): readonly (readonly Call<Input, Output>[])[];
}

/** `undecided`: the budget was spent; that is no statement about the history. */
export type Linearizability = "linearizable" | "violated" | "undecided";

/** Checks every part; `stepsMax` bounds the model steps of each. The worst part decides. */
export function checkLinearizability<State, Input, Output>(
  model: SequentialModel<State, Input, Output>,
  history: readonly Call<Input, Output>[],
  stepsMax: number,
): Linearizability {
  let worst: Linearizability = "linearizable";
  for (const part of model.partition(history)) {
    const result = new Search(model, part, stepsMax).run();
    if (result === "violated") return result;
    if (result === "undecided") worst = result;
  }
  return worst;
}

/** A place in the search: which calls could come next, and how far they have been tried. */
interface Frame<State> {
  readonly state: State;
  readonly stateKey: string;
  /** Indexes of calls; those whose outcome is known come first, because they must be done. */
  readonly candidates: readonly number[];
  next: number;
}

class Search<State, Input, Output> {
  private readonly model: SequentialModel<State, Input, Output>;
  /** By time of call. */
  private readonly calls: readonly Call<Input, Output>[];
  private readonly isDone: boolean[];
  /** Before this index every call is done. */
  private firstOpen = 0;
  private readonly visited = new Set<string>();
  private stepsLeft: number;
  private mustDo: number;

  constructor(
    model: SequentialModel<State, Input, Output>,
    calls: readonly Call<Input, Output>[],
    stepsMax: number,
  ) {
    this.model = model;
    this.calls = calls.toSorted((a, b) => a.callAt - b.callAt);
    this.isDone = calls.map(() => false);
    this.stepsLeft = stepsMax;
    this.mustDo = calls.filter(({ returnAt }) => returnAt !== Infinity).length;
  }

  run(): Linearizability {
    const init = this.model.init();
    const stack = [this.frameAt(init, this.model.keyOf(init))];
    const order: number[] = [];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      if (this.mustDo === 0) return "linearizable";
      const index = top.candidates[top.next++];
      if (index === undefined) {
        stack.pop();
        this.undo(order.pop());
        continue;
      }
      if (this.stepsLeft-- <= 0) return "undecided";
      const frame = this.enter(index, top);
      if (frame === null) continue;
      order.push(index);
      stack.push(frame);
    }
    return "violated";
  }

  /** Does a call, if the model allows it and the configuration that follows is new. */
  private enter(index: number, from: Frame<State>): Frame<State> | null {
    const call = this.calls[index];
    if (call === undefined) return null;
    const state = this.model.step(from.state, call.input, call.output);
    if (state === null) return null;
    const stateKey = this.model.keyOf(state);
    // A fitting call that changes nothing hinders nobody: if it leads nowhere, nothing does.
    if (stateKey === from.stateKey && call.returnAt !== Infinity) from.next = Infinity;
    this.isDone[index] = true;
    this.mustDo -= call.returnAt === Infinity ? 0 : 1;
    const configuration = `${this.doneKey()} ${stateKey}`;
    if (this.visited.has(configuration)) {
      this.undo(index);
      return null;
    }
    this.visited.add(configuration);
    return this.frameAt(state, stateKey);
  }

  private undo(index: number | undefined): void {
    if (index === undefined) return;
    this.isDone[index] = false;
    this.mustDo += this.calls[index]?.returnAt === Infinity ? 0 : 1;
    this.firstOpen = Math.min(this.firstOpen, index);
  }

  /** Calls that began before any open call returned. */
  private frameAt(state: State, stateKey: string): Frame<State> {
    while (this.isDone[this.firstOpen] === true) this.firstOpen += 1;
    const known: number[] = [];
    const unknown: number[] = [];
    let firstReturn = Infinity;
    for (let index = this.firstOpen; index < this.calls.length; index++) {
      const call = this.calls[index];
      if (call === undefined || call.callAt > firstReturn) break;
      if (this.isDone[index] === true) continue;
      firstReturn = Math.min(firstReturn, call.returnAt);
      (call.returnAt === Infinity ? unknown : known).push(index);
    }
    return { state, stateKey, candidates: [...known, ...unknown], next: 0 };
  }

  /** The calls that are done: all before the first open one, and some behind it. */
  private doneKey(): string {
    while (this.isDone[this.firstOpen] === true) this.firstOpen += 1;
    const beyond: number[] = [];
    for (let index = this.firstOpen; index < this.calls.length; index++) {
      if (this.isDone[index] === true) beyond.push(index);
    }
    return `${this.firstOpen}:${beyond.join()}`;
  }
}
