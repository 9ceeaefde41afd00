/** Who calls, and sessions of browsers. */
import {
  ApiError,
  deleteSession,
  formatTime,
  getMe,
  type Held,
  postSession,
} from "@quorate/contract";
import { type Answer, jsonAnswer } from "@quorate/rest";
import { verifyToken } from "../trust/authenticate.ts";
import type { Call } from "../http/call.ts";
import { mount, type Mounting } from "../http/mount.ts";
import { isFromOurPages, sessionIdIn, setCookie } from "../session/cookie.ts";
import type { Principal } from "../trust/token.ts";
import { coordOf } from "./cluster.ts";
import type { Gateway } from "./gateway.ts";

/** Serves `GET /v1/me`, `POST` and `DELETE /v1/session`. */
export function mountSession(mounting: Mounting, gateway: Gateway): void {
  mount(mounting, getMe, ({ principal }) => jsonAnswer(200, me(gateway, principal)));
  mount(mounting, postSession, (call) => begin(mounting, gateway, call));
  mount(mounting, deleteSession, (call) => end(mounting, call));
}

function me({ client }: Gateway, { issuer, subject, scopes, expiresAtMs }: Principal) {
  const health = client.health();
  return {
    principal: { issuer, subject },
    scopes: scopes.words,
    expiresAt: formatTime(expiresAtMs),
    clusterId: health.clusterId,
    coord: coordOf(health),
  };
}

async function begin(
  { authority }: Mounting,
  gateway: Gateway,
  call: Call<Held<typeof postSession.body & object>>,
): Promise<Answer> {
  const { sessions, site } = authority;
  refuseForeignPage(call, authority);
  const before = sessionIdIn(call.request, site);
  const verified = await verifyToken(call.body.token, authority);
  if (before !== null) sessions.end(before);
  const { sessionId, principal } = sessions.begin(verified);
  return jsonAnswer(201, me(gateway, principal), { "Set-Cookie": setCookie(site, sessionId) });
}

function end({ authority }: Mounting, call: Call<never>): Answer {
  const { sessions, site } = authority;
  refuseForeignPage(call, authority);
  const sessionId = sessionIdIn(call.request, site);
  if (sessionId !== null) sessions.end(sessionId);
  return { status: 204, body: null, headers: { "Set-Cookie": setCookie(site, null) } };
}

/** A page of another origin may neither log somebody in nor out. Programs, which say nothing, may. */
function refuseForeignPage({ request }: Call, { site }: Mounting["authority"]): void {
  const { origin } = request.headers;
  const saysNothing = origin === undefined && request.headers["sec-fetch-site"] === undefined;
  if (saysNothing || isFromOurPages(request, site)) return;
  throw new ApiError("token-missing", {
    detail: "A session is not begun or ended by other pages.",
  });
}
