/** What the gateway says without a token: that it is one, its time, its version, its quorum. */
import { isQuorateError } from "@quorate/sdk";
import type { Cli } from "../cli.ts";
import { exitCodeOf } from "../ending.ts";
import { textAt } from "../exact-json.ts";
import { exitCodes } from "../exit-codes.ts";
import { durationText } from "../output/cell.ts";
import { version } from "../version.ts";
import { clockDifferenceMs } from "./clock-difference.ts";
import { broken, fine, type Finding, warned } from "./finding.ts";

/** How long one question may take, in ms; nothing is asked twice, so that troubles are seen. */
export const questionOptions = { timeoutMs: 5000, maxRetries: 0 } as const;

/** A live gateway answers sooner than this, in ms. */
const answerMsMax = 1000;

/** Gateways forgive 5 s between clocks; from here on it deserves a look, in ms. */
const clockMsMax = 2000;

/** Asks the gateway, and says what is found. Answers whether it is one, and lives. */
export async function* examineGateway(cli: Cli): AsyncGenerator<Finding, boolean, undefined> {
  const sentMs = cli.host.nowMs();
  const date = yield* liveness(cli, sentMs);
  if (date === null) return false;
  yield clockFinding(date, { sentMs, receivedMs: cli.host.nowMs() });
  yield await failuresOf("version", () => versionFinding(cli));
  yield await failuresOf("ready", () => readyFinding(cli));
  return true;
}

/** The gateway's time, or null when nothing that is a gateway answers. */
async function* liveness(
  cli: Cli,
  sentMs: number,
): AsyncGenerator<Finding, string | null, undefined> {
  const check = "gateway";
  try {
    const { headers, body } = await cli.request("livez", questionOptions);
    const tookMs = cli.host.nowMs() - sentMs;
    if (textAt(body, "status") !== "live") {
      const strange = "what answers does not speak as a gateway";
      yield broken(check, exitCodes.unavailable, { found: strange, advice: notOurs });
      return null;
    }
    const found = `it lives, and answers in ${durationText(tookMs)}`;
    const advice = "Is the way long, or does the gateway or this machine have too much to do?";
    yield tookMs > answerMsMax ? warned(check, found, advice) : fine(check, found);
    return headers.get("date") ?? "";
  } catch (error) {
    yield failureFinding(check, error);
    return null;
  }
}

const notOurs =
  "Something else seems to answer at this address: another service, or a proxy's own page.";

/** What a question finds, or how it failed. */
export async function failuresOf(
  check: string,
  question: () => Promise<Finding>,
): Promise<Finding> {
  try {
    return await question();
  } catch (error) {
    return failureFinding(check, error);
  }
}

/** A question that was refused, or that nobody answered. Throws what is no failure of a call. */
export function failureFinding(check: string, error: unknown): Finding {
  if (!isQuorateError(error) || error.code === "aborted") throw error;
  const advice =
    error.code === "answer-unreadable" || error.code === "route-not-found"
      ? notOurs
      : "The gateway's log says more; the request's id is in it.";
  const request = error.requestId === null ? "" : ` (request ${error.requestId})`;
  return broken(check, exitCodeOf(error), { found: `${error.message}${request}`, advice });
}

function clockFinding(
  date: string,
  times: { readonly sentMs: number; readonly receivedMs: number },
): Finding {
  const check = "clock";
  const differenceMs = clockDifferenceMs(date, times);
  if (differenceMs === null) return warned(check, "the gateway does not say its time", "");
  if (differenceMs === 0) return fine(check, "the gateway's says the same, as far as can be seen");
  const side = differenceMs > 0 ? "ahead of" : "behind";
  const found = `the gateway's is ${durationText(Math.abs(differenceMs))} or more ${side} this machine's`;
  if (Math.abs(differenceMs) <= clockMsMax) return fine(check, found);
  const advice = "Beyond 5 s tokens made on one may be refused on the other: does NTP run on both?";
  return warned(check, found, advice);
}

async function versionFinding(cli: Cli): Promise<Finding> {
  const check = "version";
  const { body } = await cli.request("openapi", questionOptions);
  const theirs = textAt(body, "info.version");
  if (theirs === version) return fine(check, `the gateway has ${version}, as this command`);
  const found = `the gateway has ${theirs || "none"}, this command ${version}`;
  return warned(check, found, "What one of them has learned the other may not know: use the same.");
}

async function readyFinding(cli: Cli): Promise<Finding> {
  const check = "ready";
  const { body } = await cli.request("readyz", questionOptions);
  if (body.status === "ready") return fine(check, "a quorum has confirmed a read within 2 s");
  return broken(check, exitCodes.unavailable, {
    found: `the gateway cannot serve: ${body.reason ?? "it does not say why"}`,
    advice: "quorate status --watch shows what the replicas do.",
  });
}
