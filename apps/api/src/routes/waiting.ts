/**
 * Long polls: calls that wait for messages, in lines, each served in order of arrival.
 *
 * At a hint of the primary, and once a second without one, the line asks whether there is anything.
 * If so its first call tries to take; while every call that tried got something, twice as many try
 * next. So one message wakes one call, and a flood is shared out in few rounds.
 */
import { askAgainMs, waitingPerRoundMax } from "../limits.ts";

/** A call that can wait. */
export interface Waiting<T> {
  /** Name of the line: of a queue, or of its dead letters. */
  readonly line: string;
  readonly waitMs: number;
  /** Fires when the client has gone: the call then takes nothing. */
  readonly signal: AbortSignal;
  /** Tries to take through the log; null when there was nothing. */
  readonly take: () => Promise<T | null>;
  /** Asks first, by the call's own id, whether it was answered elsewhere; null when it has none. */
  readonly takeReplay: (() => Promise<T | null>) | null;
}

/** Where calls wait. */
export interface WaitingRoom {
  /** Whether calls wait in this line. */
  isAnyWaiting(line: string): boolean;
  /** Calls that wait, in all lines. */
  count(): number;
  /** What the call took; null when its time was over, or its client gone, before anything came. */
  wait<T>(call: Waiting<T>): Promise<T | null>;
  /** Sends everybody away, for a shutdown: with null, or with what is being taken just now. */
  close(): void;
}

/** What a waiting room asks of the cluster. */
export interface WaitingSource {
  /** Whether a dequeue would find messages. Rejects when the queue is gone or nobody answers. */
  readonly hasMessages: (line: string) => Promise<boolean>;
  /** Whether an error means that waiting longer is of no use. */
  readonly isFinal: (error: unknown) => boolean;
  /** Calls back at each hint; answers the way out. */
  readonly watch: (line: string, onReady: () => void) => () => void;
}

interface Place {
  readonly hasReplay: boolean;
  /** Tries to be served; answers whether it got something. */
  readonly serve: (how: "take" | "replay") => Promise<boolean>;
  /** Null: sent away with what is being taken just now, if it is. */
  readonly leave: (error: unknown) => void;
}

/** A room with a line for each name. */
export function createWaitingRoom(source: WaitingSource): WaitingRoom {
  const lines = new Map<string, Line>();
  return {
    isAnyWaiting: (line) => lines.has(line),
    count: () => [...lines.values()].reduce((sum, line) => sum + line.length, 0),
    wait(call) {
      const known = lines.get(call.line);
      const line = known ?? new Line(call.line, source, () => lines.delete(call.line));
      lines.set(call.line, line);
      return waitIn(line, call);
    },
    close() {
      for (const line of lines.values()) line.leaveAll(null);
    },
  };
}

/** One line, from its first waiting call until it is empty. */
class Line {
  private readonly name: string;
  private readonly source: WaitingSource;
  private readonly onEmpty: () => void;
  private readonly places = new Set<Place>();
  private readonly unwatch: () => void;
  private readonly timer: NodeJS.Timeout;
  private isRunning = false;
  private hasHint = false;

  constructor(name: string, source: WaitingSource, onEmpty: () => void) {
    this.name = name;
    this.source = source;
    this.onEmpty = onEmpty;
    this.unwatch = source.watch(name, () => void this.run("hint"));
    this.timer = setInterval(() => void this.run("time"), askAgainMs);
  }

  get length(): number {
    return this.places.size;
  }

  join(place: Place): void {
    this.places.add(place);
    // What became ready between the call's own question and its joining gave no hint to this line.
    void this.run("hint");
  }

  remove(place: Place): void {
    this.places.delete(place);
    if (this.places.size > 0) return;
    clearInterval(this.timer);
    this.unwatch();
    this.onEmpty();
  }

  leaveAll(error: unknown): void {
    for (const place of this.places) place.leave(error);
  }

  /** One run at a time; a hint during a run makes it go round again. */
  private async run(why: "hint" | "time"): Promise<void> {
    if (this.isRunning) {
      this.hasHint ||= why === "hint";
      return;
    }
    this.isRunning = true;
    try {
      do {
        this.hasHint = false;
        await this.round(why);
      } while (this.hasHint && this.places.size > 0);
    } catch (error) {
      // Whoever waits asks once more at his end, and then hears himself why nobody answers.
      if (this.source.isFinal(error)) this.leaveAll(error);
    } finally {
      this.isRunning = false;
    }
  }

  private async round(why: "hint" | "time"): Promise<void> {
    if (await this.source.hasMessages(this.name)) {
      await this.serveFirst();
      return;
    }
    if (why === "hint") return;
    const answered = [...this.places].filter(({ hasReplay }) => hasReplay);
    await Promise.all(answered.map((place) => place.serve("replay")));
  }

  private async serveFirst(): Promise<void> {
    let width = 1;
    for (;;) {
      const first = [...this.places].slice(0, width);
      const served = await Promise.all(first.map((place) => place.serve("take")));
      if (this.places.size === 0 || !served.every(Boolean)) return;
      width = Math.min(width * 2, waitingPerRoundMax);
    }
  }
}

function waitIn<T>(line: Line, call: Waiting<T>): Promise<T | null> {
  return new Promise((resolve, reject) => {
    let isBusy = false;
    let isOver = false;
    let isDone = false;
    const finish = (end: () => void): void => {
      if (isDone) return;
      isDone = true;
      clearTimeout(timer);
      call.signal.removeEventListener("abort", giveUp);
      line.remove(place);
      end();
    };
    // A try that is under way may still bring messages, so its end is waited for.
    const giveUp = (): void => {
      isOver = true;
      if (!isBusy) finish(() => resolve(null));
    };
    const serve = async (how: "take" | "replay"): Promise<boolean> => {
      const attempt = how === "take" ? call.take : call.takeReplay;
      if (isDone || isOver || isBusy || attempt === null) return false;
      isBusy = true;
      try {
        const taken = await attempt();
        if (taken !== null) finish(() => resolve(taken));
        return taken !== null;
      } catch (error) {
        finish(() => reject(asError(error)));
        return false;
      } finally {
        isBusy = false;
        if (isOver) giveUp();
      }
    };
    const place: Place = {
      hasReplay: call.takeReplay !== null,
      serve,
      leave: (error) => {
        if (error === null) giveUp();
        else finish(() => reject(asError(error)));
      },
    };
    const timer = setTimeout(giveUp, call.waitMs);
    call.signal.addEventListener("abort", giveUp);
    line.join(place);
    if (call.signal.aborted) giveUp();
  });
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error("a wait failed", { cause: error });
}
