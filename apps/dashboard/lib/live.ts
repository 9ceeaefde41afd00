import {
  liveChanges,
  liveEvents,
  livePath,
  type LiveQueues,
  liveQueuesSchema,
  type PictureState,
  pictureStateSchema,
} from "@quorate/contract";
import { io } from "socket.io-client";

/** Longest pause between two attempts to connect, in ms; Socket.IO adds jitter. */
const reconnectMsMax = 5000;

/** What a connection tells. Messages have the contract's shape, or are counted as malformed. */
export type LiveHandlers = {
  readonly onConnected: () => void;
  readonly onDisconnected: () => void;
  /** An attempt failed. `refusal` is the problem code when the server refused it; then nothing is tried again. */
  readonly onFailure: (refusal: string | null) => void;
  readonly onPicture: (picture: PictureState) => void;
  readonly onQueues: (queues: LiveQueues) => void;
  /** Something was configured, purged or revoked, through whichever gateway. */
  readonly onChanged: () => void;
  readonly onMalformed: () => void;
};

/** One connection to the live feed. It reconnects by itself until it is closed. */
export type LiveConnection = {
  /** Asks for the queues' depths, or no longer. */
  readonly watchQueues: (wanted: boolean) => void;
  /** Connects now, if it is not connected. */
  readonly wake: () => void;
  /** Disconnects; `wake` brings it back. */
  readonly rest: () => void;
  /** Ends it for good. */
  readonly close: () => void;
};

/** Opens the connection. The dashboard's only use of Socket.IO and of the contract's schemas. */
export function openLiveConnection(handlers: LiveHandlers): LiveConnection {
  const socket = io({
    path: livePath,
    transports: ["websocket", "polling"],
    tryAllTransports: true,
    reconnectionDelayMax: reconnectMsMax,
  });
  socket.on("connect", handlers.onConnected);
  socket.on("disconnect", (reason) => {
    handlers.onDisconnected();
    // Socket.IO does not come back by itself when the server ends the connection. It may be a
    // restart; and if the session is over, the next attempt is refused and says so.
    if (reason === "io server disconnect") socket.connect();
  });
  socket.on("connect_error", (error) => {
    // An active socket tries again by itself: the transport failed, the server refused nothing.
    handlers.onFailure(socket.active ? null : error.message);
  });
  socket.on(liveEvents.picture, (message: unknown) => {
    const read = pictureStateSchema.safeParse(message);
    if (read.success) handlers.onPicture(read.data);
    else handlers.onMalformed();
  });
  socket.on(liveEvents.queues, (message: unknown) => {
    const read = liveQueuesSchema.safeParse(message);
    if (read.success) handlers.onQueues(read.data);
    else handlers.onMalformed();
  });
  // Over the same connection: it comes and goes with the feed.
  const changes = socket.io.socket(liveChanges.namespace);
  changes.on(liveChanges.event, handlers.onChanged);
  changes.on("disconnect", (reason) => {
    if (reason === "io server disconnect") changes.connect();
  });
  return {
    watchQueues: (wanted) => {
      socket.emit(wanted ? liveEvents.watchQueues : liveEvents.unwatchQueues);
    },
    wake: () => {
      for (const each of [socket, changes]) if (!each.connected) each.disconnect().connect();
    },
    rest: () => {
      for (const each of [socket, changes]) each.disconnect();
    },
    close: () => {
      for (const each of [socket, changes]) each.removeAllListeners().disconnect();
    },
  };
}
