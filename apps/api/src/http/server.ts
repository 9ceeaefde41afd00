/** The HTTP server around the application: who is slow or greedy ends here. */
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { Socket } from "node:net";
import { ApiError, livePath } from "@quorate/contract";
import { problemAnswer } from "@quorate/rest";
import type { Express } from "express";
import { send } from "./answer.ts";
import { faultOfForm } from "./http-form.ts";
import { http } from "../limits.ts";
import { oneAfterTheOther } from "./pipelining.ts";
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
  const serve = oneAfterTheOther(inForm(app));
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

/** Refuses what is not the HTTP that it says; its connection ends, as nobody knows what follows. */
function inForm(app: Express): RequestListener {
  return (request, response) => {
    const fault = faultOfForm(request);
    if (fault === null) {
      app(request, response);
      return;
    }
    response.setHeader("Connection", "close");
    const error = new ApiError("request-invalid", { detail: fault.detail, errors: [fault] });
    send(response, problemAnswer(error, nameRequest(request, response)));
  };
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
