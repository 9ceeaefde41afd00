/** The token as it lies here, before anybody is asked about it. */
import type { Cli } from "../cli.ts";
import type { Connection } from "../contexts/connection.ts";
import { textAt, valueAt } from "../exact-json.ts";
import { exitCodes } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import { durationText } from "../output/cell.ts";
import { readToken } from "../token/read-token.ts";
import { broken, fine, type Finding, warned } from "./finding.ts";

const check = "token";

/** What gateways forgive between an issuer's clock and theirs, in ms. */
const toleranceMs = 5000;

/** A token that ends sooner than this ends in the middle of something, in ms. */
const leftMsMin = 10 * 60 * 1000;

/** Says whether the token can be accepted at all; only the gateway knows whether it is. */
export function examineToken(cli: Cli, { token, tokenFrom }: Connection): Finding {
  if (token === null) {
    return broken(check, exitCodes.notAllowed, {
      found: "there is none: only probes answer without one",
      advice: "quorate login keeps one; QUORATE_TOKEN and --token-file name one.",
    });
  }
  const from = tokenFrom ?? "";
  const nowMs = cli.host.nowMs();
  try {
    return contentFinding(readToken(token, nowMs), { from, nowMs });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const found = `that of ${from} is no token (JWT)`;
    const advice = "Was it cut, or put in quotes? quorate token inspect shows what is in it.";
    return broken(check, exitCodes.notAllowed, { found, advice });
  }
}

function contentFinding(
  content: ReturnType<typeof readToken>,
  { from, nowMs }: { readonly from: string; readonly nowMs: number },
): Finding {
  const { claims, header, expiresAt, isExpired } = content;
  const subject = textAt(claims, "sub") || "nobody";
  const who = `that of ${from}, for ${subject} of ${textAt(claims, "iss") || "no issuer"}`;
  const refused = (found: string, advice: string): Finding =>
    broken(check, exitCodes.notAllowed, { found: `${who}: ${found}`, advice });
  if (isExpired) return refused(`over since ${expiresAt ?? ""}`, renewal);
  const beginsMs = Math.max(secondsAt(claims, "iat"), secondsAt(claims, "nbf")) * 1000;
  if (beginsMs > nowMs + toleranceMs) {
    const begins = new Date(beginsMs).toISOString();
    const advice = "If that is over already, this machine's clock is behind the issuer's.";
    return refused(`not valid before ${begins}`, advice);
  }
  const type = textAt(header, "typ");
  if (!/^(?:application\/)?at\+jwt$/i.test(type)) {
    const advice = "An id token is none: ask the issuer for an access token (RFC 9068).";
    return refused(`its type is ${type || "not said"}, and gateways take at+jwt`, advice);
  }
  if (expiresAt === null) return refused("it never ends, and gateways take none such", renewal);
  const leftMs = Date.parse(expiresAt) - nowMs;
  const found = `${who}, ends in ${durationText(Math.floor(leftMs / 1000) * 1000)}`;
  return leftMs < leftMsMin ? warned(check, found, `It ends soon. ${renewal}`) : fine(check, found);
}

const renewal = "Get a new one: quorate login, or npm start for a dev cluster.";

function secondsAt(claims: object, name: string): number {
  const value = valueAt(claims, name);
  return typeof value === "number" ? value : 0;
}
