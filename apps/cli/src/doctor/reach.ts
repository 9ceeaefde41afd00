/** Names, addresses and connections, below HTTP: where on the way it ends. */
import { lookup } from "node:dns/promises";
import { connect, isIP } from "node:net";
import { connect as connectTls } from "node:tls";

/** A name or a connection that takes longer than this is as good as none, in ms. */
export const reachMsMax = 3000;

/** A connection that could be made, or why it could not. */
export type Reached =
  | { readonly isReached: true; readonly tookMs: number }
  | { readonly isReached: false; readonly code: string; readonly message: string };

/** A certificate that was accepted, or why it was not. */
export type Secured =
  | {
      readonly isSecure: true;
      /** Such as `TLSv1.3`. */
      readonly protocol: string;
      /** When the certificate ends; ms since 1970. */
      readonly endsMs: number;
    }
  | { readonly isSecure: false; readonly code: string; readonly message: string };

/** A gateway's place, as its address says it. */
export interface Place {
  readonly host: string;
  readonly port: number;
  readonly isEncrypted: boolean;
}

/** The place in an http or https address. */
export function placeOf(url: string): Place {
  const { hostname, port, protocol } = new URL(url);
  const isEncrypted = protocol === "https:";
  // An IPv6 address stands in brackets in a URL, and nowhere else.
  const host = hostname.replaceAll(/^\[|\]$/g, "");
  return { host, port: port === "" ? (isEncrypted ? 443 : 80) : Number(port), isEncrypted };
}

/** Whether nothing that is sent there leaves this machine. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** Whether the host is an address, which needs no look-up. */
export function isAddress(host: string): boolean {
  return isIP(host) !== 0;
}

/** The addresses of a name. Rejects when there are none, or nobody says in time. */
export async function addressesOf(host: string): Promise<readonly string[]> {
  const found = await inTime(lookup(host, { all: true }));
  return found.map(({ address }) => address);
}

/** Tries to connect to an address. */
export async function reach(address: string, port: number, nowMs: () => number): Promise<Reached> {
  const beganMs = nowMs();
  const socket = connect({ host: address, port, timeout: reachMsMax });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
      socket.once("timeout", () => reject(new TimeoutError()));
    });
    return { isReached: true, tookMs: nowMs() - beganMs };
  } catch (error) {
    return { isReached: false, ...faultOf(error) };
  } finally {
    socket.destroy();
  }
}

/** Tries to agree on encryption with whoever is there, and looks at the certificate. */
export async function secure({ host, port }: Place, address: string): Promise<Secured> {
  // RFC 6066 has no addresses as server names.
  const name = isAddress(host) ? {} : { servername: host };
  const socket = connectTls({ host: address, port, timeout: reachMsMax, ...name });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("secureConnect", resolve);
      socket.once("error", reject);
      socket.once("timeout", () => reject(new TimeoutError()));
    });
    const endsMs = Date.parse(socket.getPeerCertificate().valid_to);
    return { isSecure: true, protocol: socket.getProtocol() ?? "TLS", endsMs };
  } catch (error) {
    return { isSecure: false, ...faultOf(error) };
  } finally {
    socket.destroy();
  }
}

/** Nobody said anything in time. */
class TimeoutError extends Error {
  override readonly name = "TimeoutError";
  readonly code = "ETIMEDOUT";

  constructor() {
    super(`no answer within ${reachMsMax / 1000} s`);
  }
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new TimeoutError()), reachMsMax);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The platform's name and words for what went wrong. */
export function faultOf(error: unknown): { readonly code: string; readonly message: string } {
  if (!(error instanceof Error)) return { code: "", message: String(error) };
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return { code, message: error.message === "" ? code : error.message };
}
