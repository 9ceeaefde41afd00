/** All routes that one conversation answers: those of queues, but for receiving, which may wait. */
import { serveBrowse } from "./browse.ts";
import type { Serve } from "./call.ts";
import { serveEnqueueBatch } from "./enqueue-batch.ts";
import { serveEnqueue } from "./enqueue.ts";
import type { Host } from "./host.ts";
import { servePause } from "./pause.ts";
import { serveQueues } from "./queues.ts";
import { serveRedrive } from "./redrive.ts";
import { serveRemoval } from "./removal.ts";
import { serveSettle } from "./settle.ts";

/** Gives the routes to `serve`, the busiest first. */
export function serveRoutes(serve: Serve, host: Host): void {
  serveEnqueueBatch(serve, host);
  serveEnqueue(serve, host);
  serveSettle(serve, host);
  serveQueues(serve, host);
  serveBrowse(serve, host);
  servePause(serve, host);
  serveRedrive(serve, host);
  serveRemoval(serve, host);
}
