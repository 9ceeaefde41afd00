/**
 * Answers what cannot be read as HTTP. For node:http there is no request yet that a route could
 * answer; the client gets a problem with a request id all the same.
 */
import { type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { ApiError } from "@quorate/contract";
import { apiHeaders } from "./answer.ts";
import { http } from "./limits.ts";
import { problemAnswer } from "./problem.ts";

/** From now on the server answers such requests, and closes their connections. */
export function answerUnreadable(server: Server): void {
  const responses = new WeakMap<Duplex, ServerResponse>();
  server.on("request", (request, response) => {
    responses.set(request.socket, response);
  });
  server.on("clientError", (error, socket) => {
    if (!socket.writable || isTaken(responses.get(socket))) {
      socket.destroy();
      return;
    }
    socket.end(textOf(reasonOf(error)), () => socket.destroy());
  });
}

/**
 * Whether what is written now would be read as the answer to an earlier request of the connection,
 * which is being executed.
 */
function isTaken(response: ServerResponse | undefined): boolean {
  if (response === undefined || response.writableEnded) return false;
  return response.headersSent || response.req.complete;
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
