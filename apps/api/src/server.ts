/** The HTTP server around the application: who is slow or greedy ends here. */
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { Socket } from "node:net";
import { ApiError, livePath } from "@quorate/contract";
import { problemAnswer } from "@quorate/rest";
import type { Express } from "express";
import { send } from "./answer.ts";
import { http } from "./limits.ts";
import { nameRequest } from "./request-id.ts";
import { TrackedResponse } from "./tracked-response.ts";
import { answerUnreadable } from "./unreadable.ts";

/** What an operator may set. */
export interface HttpLimits {
  readonly connectionsMax: number;
  readonly connectionsPerAddressMax: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
}

/** A server with every limit set; it does not listen yet. */
export function createHttpServer(app: Express, limits: HttpLimits): Server {
  const serve = withHost(app);
  const server = createServer(
    {
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: http.keepAliveTimeoutMs,
      connectionsCheckingInterval: Math.min(
        http.connectionsCheckingIntervalMs,
        limits.headersTimeoutMs,
      ),
      maxHeaderSize: http.headerBytesMax,
      noDelay: true,
      // Node would refuse it without a problem and a request id.
      requireHostHeader: false,
      ServerResponse: TrackedResponse,
      // Who offers another protocol, as many clients do with HTTP/2, is answered in this one.
      shouldUpgradeCallback: isForFeed,
    },
    serve,
  );
  server.maxHeadersCount = http.headersCountMax;
  server.maxRequestsPerSocket = http.requestsPerSocketMax;
  server.maxConnections = limits.connectionsMax;
  limitPerAddress(server, limits.connectionsPerAddressMax);
  answerUnreadable(server);
  // Who expects what nobody knows is answered all the same: RFC 9110 §10.1.1 asks for no refusal.
  server.on("checkExpectation", serve);
  // Whether to go on is said by who reads the body, and not to whom is refused before.
  server.on("checkContinue", serve);
  return server;
}

/** Whether it asks to become a socket of the live feed. */
function isForFeed({ headers, url = "" }: IncomingMessage): boolean {
  return url.startsWith(`${livePath}/`) && headers.upgrade?.toLowerCase() === "websocket";
}

/** Refuses what has no Host, or more than one, as RFC 9112 §3.2 asks. */
function withHost(app: Express): RequestListener {
  return (request, response) => {
    const hosts = hostsOf(request);
    if (hosts === 1 || (hosts === 0 && request.httpVersion !== "1.1")) {
      app(request, response);
      return;
    }
    const detail = hosts === 0 ? "The request has no Host." : "The request has Host twice.";
    const errors = [{ pointer: "Host", detail }];
    const error = new ApiError("request-invalid", { detail, errors });
    send(response, problemAnswer(error, nameRequest(request, response)));
  };
}

/** How many Host lines there are: of several, `headers` has the first. */
function hostsOf({ rawHeaders }: IncomingMessage): number {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? "";
    if (name.length === 4 && name.toLowerCase() === "host") hosts += 1;
  }
  return hosts;
}

function limitPerAddress(server: Server, connectionsMax: number): void {
  const counts = new Map<string, number>();
  server.on("connection", (socket: Socket) => {
    const address = socket.remoteAddress;
    if (address === undefined || isLoopback(address)) return;
    const count = (counts.get(address) ?? 0) + 1;
    if (count > connectionsMax) {
      socket.destroy();
      return;
    }
    counts.set(address, count);
    socket.once("close", () => {
      const left = (counts.get(address) ?? 1) - 1;
      if (left === 0) counts.delete(address);
      else counts.set(address, left);
    });
  });
}

function isLoopback(address: string): boolean {
  return address === "::1" || address.startsWith("127.") || address.startsWith("::ffff:127.");
}
