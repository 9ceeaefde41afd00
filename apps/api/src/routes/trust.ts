/** Revoking tokens. */
import { formatTime, type Held, parseTime, postRevocation } from "@quorate/contract";
import { type RevocationSubject, revocationKeyHash, type Revoke } from "@quorate/queue";
import { administer, type Answer, faultAt, jsonAnswer } from "@quorate/rest";
import type { Call } from "../http/call.ts";
import { hold } from "../cluster/cluster-call.ts";
import { mount, type Mounting } from "../http/mount.ts";
import type { Gateway } from "./gateway.ts";

type Given = Held<typeof postRevocation.body & object>;

/** Serves `POST /v1/trust/revocations`. */
export function mountTrust(mounting: Mounting, gateway: Gateway): void {
  mount(mounting, postRevocation, (call) => revoke(mounting, gateway, call));
}

async function revoke(
  { authority }: Mounting,
  gateway: Gateway,
  call: Call<Given>,
): Promise<Answer> {
  const { body } = call;
  const { issuer, jti = null, sub = null } = body;
  if (!authority.tokens.knows(issuer)) {
    throw faultAt("/issuer", "expected the iss of an issuer whose tokens are accepted");
  }
  const key = revocationKeyHash(gateway.host.sha256, subjectOf(body));
  const operation = { type: "revoke", key, issuedUntil: issuedUntilOf(body) } as const;
  // Revoked twice is revoked; but a second "now" is later, and takes tokens that came in between.
  const isRepeatable = operation.issuedUntil !== "now";
  const options = { expects: "revoked", isRepeatable } as const;
  const { outcome, coord, headers } = await hold(
    gateway.client,
    administer(gateway.host, call, operation, options),
  );
  authority.revocations.learn(outcome);
  const { issuedUntilMs, keptUntilMs } = outcome;
  const before = issuedUntilMs === null ? null : formatTime(issuedUntilMs + 1);
  const keptUntil = formatTime(keptUntilMs);
  return jsonAnswer(200, { issuer, jti, sub, before, keptUntil, coord }, headers);
}

function subjectOf({ issuer, jti, sub }: Given): RevocationSubject {
  if (jti !== undefined) return { by: "jti", issuer, jti };
  return sub === undefined ? { by: "issuer", issuer } : { by: "sub", issuer, sub };
}

function issuedUntilOf({ jti, before }: Given): Revoke["issuedUntil"] {
  if (jti !== undefined) return "ever";
  const beforeMs = before === undefined ? null : parseTime(before);
  return beforeMs === null ? "now" : Math.max(0, beforeMs - 1);
}
