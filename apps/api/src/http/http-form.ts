/** What HTTP asks of every request before any route is looked for. */
import type { IncomingMessage } from "node:http";
import type { Fault } from "@quorate/contract";

/**
 * Why the request is refused, or null. Its target is from then on a path and a query, also of who
 * spells it with scheme and host (RFC 9112 §3.2.2), or `*`.
 */
export function faultOfForm(request: IncomingMessage): Fault | null {
  return faultOfHosts(request) ?? faultOfCoding(request) ?? faultOfTarget(request);
}

/** RFC 9112 §3.2. */
function faultOfHosts(request: IncomingMessage): Fault | null {
  const hosts = hostsOf(request);
  if (hosts === 1 || (hosts === 0 && request.httpVersion !== "1.1")) return null;
  return {
    pointer: "Host",
    detail: hosts === 0 ? "The request has no Host." : "The request has Host twice.",
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

/** RFC 9112 §6.1: who speaks HTTP/1.0 knows no chunks, so that others on the way read another end. */
function faultOfCoding({ headers, httpVersion }: IncomingMessage): Fault | null {
  if (httpVersion === "1.1" || headers["transfer-encoding"] === undefined) return null;
  return { pointer: "Transfer-Encoding", detail: "HTTP/1.0 has no Transfer-Encoding." };
}

function faultOfTarget(request: IncomingMessage): Fault | null {
  const { url = "" } = request;
  if (url.startsWith("/") || url === "*") return null;
  const target = URL.parse(url);
  if (target === null) return { pointer: "", detail: "The target is neither a path nor a URL." };
  request.url = target.pathname + target.search;
  return null;
}
