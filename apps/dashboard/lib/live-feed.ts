import type { LiveConnection, LiveHandlers } from "./live.ts";
import { type LiveState, nothingLive, withPicture, withQueues } from "./live-state.ts";

/** A tab that nobody looks at closes its connection after this time, in ms. */
const hiddenMsMax = 30_000;

/**
 * The one connection of this tab to the live feed. It connects while it has subscribers and the tab
 * is looked at, and keeps the last state when the connection goes: the age beside it tells.
 */
class LiveFeed {
  #state: LiveState = nothingLive;
  #connection: LiveConnection | null = null;
  /** Counts starts, so that one that was overtaken while its code was loading opens nothing. */
  #starts = 0;
  #listeners = new Set<() => void>();
  #queueWatchers = 0;
  #hiddenTimer: ReturnType<typeof setTimeout> | null = null;

  /** For `useSyncExternalStore`. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) void this.#start();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#stop();
    };
  };

  /** The state now; the same object until something changes. */
  readonly state = (): LiveState => this.#state;

  /** Asks for the queues' depths until the returned function is called. */
  watchQueues(): () => void {
    this.#queueWatchers += 1;
    if (this.#queueWatchers === 1) this.#sayWatching(true);
    return () => {
      this.#queueWatchers -= 1;
      if (this.#queueWatchers === 0) this.#sayWatching(false);
    };
  }

  /** Tries again at once, after a refusal or a failure. */
  retry(): void {
    this.#change({ ...this.#state, refusal: null });
    if (this.#connection === null) void this.#start();
    else this.#connection.wake();
  }

  /** Forgets everything: the session has ended, or another has begun. */
  forget(): void {
    this.#stop();
    this.#change(nothingLive);
    if (this.#listeners.size > 0) void this.#start();
  }

  async #start(): Promise<void> {
    this.#starts += 1;
    const start = this.#starts;
    document.addEventListener("visibilitychange", this.#onVisibility);
    try {
      // Loaded apart from the page: nothing of it is needed to draw the first screen.
      const { openLiveConnection } = await import("./live.ts");
      if (start === this.#starts) this.#connection = openLiveConnection(this.#handlers);
    } catch (cause) {
      console.error("The live feed’s code could not be loaded.", cause);
      this.#handlers.onFailure("feed-code-not-loaded");
    }
  }

  #stop(): void {
    this.#starts += 1;
    document.removeEventListener("visibilitychange", this.#onVisibility);
    this.#clearHiddenTimer();
    this.#connection?.close();
    this.#connection = null;
    this.#change({ ...this.#state, connected: false });
  }

  readonly #handlers: LiveHandlers = {
    onConnected: () => {
      this.#change({ ...this.#state, connected: true, refusal: null, failures: 0 });
      if (this.#queueWatchers > 0) this.#sayWatching(true);
    },
    onDisconnected: () => this.#change({ ...this.#state, connected: false }),
    onFailure: (refusal) => {
      const failures = this.#state.failures + 1;
      this.#change({ ...this.#state, connected: false, refusal, failures });
    },
    onPicture: (picture) => this.#change(withPicture(this.#state, picture, performance.now())),
    onQueues: (queues) => this.#change(withQueues(this.#state, queues, performance.now())),
    onChanged: () => this.#change({ ...this.#state, changes: this.#state.changes + 1 }),
    onMalformed: () => this.#change({ ...this.#state, malformed: this.#state.malformed + 1 }),
  };

  readonly #onVisibility = (): void => {
    this.#clearHiddenTimer();
    if (document.visibilityState === "hidden") {
      this.#hiddenTimer = setTimeout(() => this.#connection?.rest(), hiddenMsMax);
    } else if (this.#state.refusal === null) {
      this.#connection?.wake();
    }
  };

  #sayWatching(wanted: boolean): void {
    if (this.#state.connected) this.#connection?.watchQueues(wanted);
  }

  #clearHiddenTimer(): void {
    if (this.#hiddenTimer !== null) clearTimeout(this.#hiddenTimer);
    this.#hiddenTimer = null;
  }

  #change(state: LiveState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

/** The feed of this tab. */
export const liveFeed = new LiveFeed();
