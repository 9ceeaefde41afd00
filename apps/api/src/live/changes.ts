/**
 * "Something was changed: look again", to the browsers of all gateways. It has no content, so
 * whoever can speak in Redis can make browsers ask, and what they are told depends on their tokens.
 */
import { liveChanges } from "@quorate/contract";
import type { Namespace, Server, Socket } from "socket.io";

/** Heard by the live feed, said by routes. */
export interface ChangeSignal {
  /** Something was changed through this gateway. */
  note(): void;
  onChange(listener: () => void): void;
}

/** A signal that nobody hears yet. */
export function createChangeSignal(): ChangeSignal {
  const listeners: (() => void)[] = [];
  return {
    note() {
      for (const listener of listeners) listener();
    },
    onChange: (listener) => void listeners.push(listener),
  };
}

/** The namespace of changes, with whoever `enter` lets in. Returns the way to end it. */
export function serveChanges(
  io: Server,
  signal: ChangeSignal,
  enter: (socket: Socket, next: (refused?: Error) => void) => void,
): () => void {
  const namespace: Namespace = io.of(liveChanges.namespace);
  namespace.use(enter);
  let timer: NodeJS.Timeout | null = null;
  signal.onChange(() => {
    // Many changes at a time are one hint.
    timer ??= setTimeout(() => {
      timer = null;
      namespace.volatile.emit(liveChanges.event);
    }, liveChanges.intervalMsMin);
  });
  return () => {
    if (timer !== null) clearTimeout(timer);
  };
}
