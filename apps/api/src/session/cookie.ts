/** The session cookie, and whether a request comes from our own pages. */
import type { IncomingMessage } from "node:http";

/** How the gateway is reached, as far as cookies ask. */
export interface CookieSite {
  /** The origin of the dashboard; null: whatever the Host header says, over plain http. */
  readonly origin: string | null;
}

/** The cookie's name: `__Host-` binds it to one host over https; plain http cannot have it. */
export function cookieName({ origin }: CookieSite): string {
  return isSecure(origin) ? "__Host-quorate_session" : "quorate_session";
}

/** The Set-Cookie header that begins a session, or with null ends it. */
export function setCookie(site: CookieSite, sessionId: string | null): string {
  const rest = `Path=/; HttpOnly; SameSite=Strict${isSecure(site.origin) ? "; Secure" : ""}`;
  return sessionId === null
    ? `${cookieName(site)}=; ${rest}; Max-Age=0`
    : `${cookieName(site)}=${sessionId}; ${rest}`;
}

/** The session id of the request, or null. */
export function sessionIdIn(request: IncomingMessage, site: CookieSite): string | null {
  const prefix = `${cookieName(site)}=`;
  for (const pair of (request.headers.cookie ?? "").split(";")) {
    const cookie = pair.trim();
    if (cookie.startsWith(prefix)) return cookie.slice(prefix.length);
  }
  return null;
}

const safeMethods: ReadonlySet<string | undefined> = new Set(["GET", "HEAD"]);

/**
 * Whether a cookie may be believed: the browser says that our own page asks, or, for reading only,
 * that the person typed the address. A request that says nothing is believed for reading alone.
 */
export function isFromOurPages(request: IncomingMessage, site: CookieSite): boolean {
  const fetchSite = request.headers["sec-fetch-site"];
  const isSafe = safeMethods.has(request.method);
  if (fetchSite !== undefined)
    return fetchSite === "same-origin" || (isSafe && fetchSite === "none");
  const { origin } = request.headers;
  return origin === undefined ? isSafe : isOurOrigin(request, site);
}

/** Whether the Origin header names the page's own origin. */
export function isOurOrigin(request: IncomingMessage, site: CookieSite): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined || host === undefined) return false;
  return site.origin === null ? origin === `http://${host}` : origin === site.origin;
}

function isSecure(origin: string | null): boolean {
  return origin !== null && origin.startsWith("https:");
}
