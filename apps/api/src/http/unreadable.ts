/**
 * Answers what cannot be read as HTTP. For node:http there is no request yet that a route could
 * answer; the client gets a problem with a request id all the same.
 */
import { type Server, type ServerResponse, STATUS_CODES } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { ApiError, requestBytesMax } from "@quorate/contract";
import { problemAnswer } from "@quorate/rest";
import { apiHeaders } from "./answer.ts";
import { http } from "../limits.ts";
import { responsesOn } from "./tracked-response.ts";

/**
 * From now on the server answers such requests, and closes their connections. Nobody gets such an
 * answer for another request: what is owed is sent first, and then nothing more.
 */
export function answerUnreadable(server: Server): void {
  const readBefore = new WeakMap<Duplex, number>();
  server.on("clientError", (error, socket) => {
    const before = readBefore.get(socket);
    const read = bytesReadOf(socket);
    // Whatever follows is unreadable, too, and is dropped: as much as a body may have.
    if (before !== undefined && read - before <= requestBytesMax) return;
    if (before !== undefined || !socket.writable) {
      socket.destroy();
      return;
    }
    readBefore.set(socket, read);
    end(socket, error);
  });
}

function bytesReadOf(socket: Duplex): number {
  return socket instanceof Socket ? socket.bytesRead : 0;
}

/** Ends the connection in time: an answer that is owed has its own limit. */
function end(socket: Duplex, error: Error): void {
  const close = (): void => void socket.destroy();
  const responses = responsesOn(socket);
  const owed = responses.findLast(isOwed);
  if (owed !== undefined) {
    if (owed.headersSent) owed.once("finish", () => socket.end(close));
    else owed.setHeader("Connection", "close");
    // Who has gone takes nothing.
    socket.once("end", close);
    return;
  }
  const last = responses.at(-1);
  // It was answered before its body had come, and the fault lies in its body.
  const isAnswered = last !== undefined && !last.req.complete && last.headersSent;
  if (isAnswered) socket.end(close);
  else socket.end(textOf(reasonOf(error)), close);
}

/** Whether it answers a request that was read whole, or has begun, and is not sent yet. */
function isOwed({ req, headersSent, writableFinished }: ServerResponse): boolean {
  return !writableFinished && (req.complete || headersSent);
}

function reasonOf(cause: NodeJS.ErrnoException): ApiError {
  if (cause.code === "HPE_HEADER_OVERFLOW") {
    const { headerBytesMax: max, headersCountMax } = http;
    const detail = `A request has at most ${max} bytes of headers, and ${headersCountMax} of them.`;
    return new ApiError("limit-exceeded", { detail, limit: "headerBytesMax", max }, { cause });
  }
  const isSlow = cause.code === "ERR_HTTP_REQUEST_TIMEOUT";
  const detail = isSlow ? "The request came too slowly." : "The request is not HTTP/1.1.";
  return new ApiError("request-invalid", { detail }, { cause });
}

function textOf(error: ApiError): string {
  const requestId = crypto.randomUUID();
  const { status, body, headers, contentType } = problemAnswer(error, requestId);
  const text = String(body);
  const lines = Object.entries({
    ...apiHeaders,
    ...headers,
    "Content-Type": contentType,
    "Content-Length": Buffer.byteLength(text),
    "X-Request-Id": requestId,
    Connection: "close",
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${lines.join("")}\r\n${text}`;
}
