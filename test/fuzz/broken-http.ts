/** Bytes on the API's port that are no HTTP, or two requests to whoever reads them differently. */
import { connect } from "node:net";
import type { Prng } from "@quorate/prelude";
import { whenClosed } from "../integration/rig/when-closed.ts";

/** More than the API waits for the rest of a request's headers. */
const endMsMax = 20_000;

/** What surrounds a call that would be good. */
interface Call {
  readonly line: string;
  readonly authorization: string;
  readonly body: string;
}

const spoils: readonly ((call: Call, prng: Prng) => string)[] = [
  (_, prng) => `${Buffer.from(prng.bytes(prng.between(8, 400))).toString("latin1")}\r\n\r\n`,
  (call) => request(call, "Host: x", "Content-Length: 5", "Transfer-Encoding: chunked"),
  (call) => request(call, "Host: x", `Content-Length: ${call.body.length}`, "Content-Length: 5"),
  (call) => request(call, "Host: x", "Content-Length: -1"),
  (call) => request(call, "Host: x", "Content-Length: 1e1"),
  (call) => request(call, "Host: x", "Transfer-Encoding: xchunked"),
  (call) => request(call, "Host: x", "Transfer-Encoding: chunked, identity"),
  (call) => request(call, `Content-Length: ${call.body.length}`),
  (call) => request(call, "Host: x", "Host: y", `Content-Length: ${call.body.length}`),
  (call) => request(inOneChunk(call), "Host: x", "Transfer-Encoding: gzip, chunked"),
  (call) => {
    const line = call.line.replace("1.1", "1.0");
    return request({ ...inOneChunk(call), line }, "Host: x", "Connection: keep-alive", chunked);
  },
  (call) => request(call, "Host: x", "No colon here"),
  (call) => request(call, "Host: x", " Folded: line"),
  (call) => request(call, "Host: x", "Space : before"),
  (call) => request(call, "Host: x", "Nul: \0"),
  (call, prng) => request(call, "Host: x", `Long: ${"x".repeat(prng.between(9_000, 60_000))}`),
  (call) => request({ ...call, line: call.line.replace("1.1", "9.9") }, "Host: x"),
  (call) => request({ ...call, line: call.line.replace("POST ", "POST") }, "Host: x"),
  (call, prng) => {
    const size = prng.pick(["zz", "-1", "0x5", "fffffffffffffffff"]);
    return request({ ...call, body: `${size}\r\n${call.body}\r\n0\r\n\r\n` }, "Host: x", chunked);
  },
];
const chunked = "Transfer-Encoding: chunked";

/** Sends one of them; the first line of what came back, empty when the API closed without a word. */
export async function sendBrokenHttp(
  to: { readonly port: number; readonly token: string; readonly path: string },
  prng: Prng,
): Promise<string> {
  const call = {
    line: `POST ${to.path} HTTP/1.1`,
    authorization: `Bearer ${to.token}`,
    body: '{"body":"smuggled"}',
  };
  const socket = connect(to.port, "127.0.0.1");
  let heard = "";
  socket.on("data", (bytes) => {
    heard += bytes.toString("latin1");
    // An answer that leaves the connection open is an answer all the same.
    if (heard.includes("\r\n\r\n")) socket.destroy();
  });
  const closed = whenClosed(socket, endMsMax);
  socket.write(Buffer.from(prng.pick(spoils)(call, prng), "latin1"));
  await closed;
  return heard.split("\r\n", 1)[0] ?? "";
}

function inOneChunk(call: Call): Call {
  return { ...call, body: `${call.body.length.toString(16)}\r\n${call.body}\r\n0\r\n\r\n` };
}

function request({ line, authorization, body }: Call, ...headers: readonly string[]): string {
  const all = [
    line,
    `Authorization: ${authorization}`,
    "Content-Type: application/json",
    ...headers,
  ];
  return `${all.join("\r\n")}\r\n\r\n${body}`;
}
