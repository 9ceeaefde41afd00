/** How errors end the command: the code for scripts, and the lines for people. The only place. */
import { CommanderError } from "@commander-js/extra-typings";
import { isQuorateError, type QuorateError } from "@quorate/sdk";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { Failure } from "./failure.ts";

/** What is left to do when a command has thrown. */
export interface Ending {
  readonly exitCode: ExitCode;
  /** What went wrong; empty when it has been said already. */
  readonly line: string;
  /** What to do about it, and what helps to look into it. */
  readonly notes: readonly string[];
}

/** The ending for an error of any kind. */
export function endingOf(error: unknown, isInterrupted: boolean): Ending {
  if (error instanceof CommanderError) return endingOfCommander(error);
  if (isQuorateError(error)) return endingOfCall(error, isInterrupted);
  if (isInterrupted) return { exitCode: exitCodes.interrupted, line: "interrupted", notes: [] };
  if (error instanceof Failure) {
    const notes = [...error.faults, ...(error.hint === "" ? [] : [error.hint])];
    return { exitCode: error.exitCode, line: error.message, notes };
  }
  const systemError = systemErrorLine(error);
  if (systemError !== null) return { exitCode: exitCodes.error, line: systemError, notes: [] };
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { exitCode: exitCodes.error, line: "this is a bug of quorate", notes: [stack] };
}

/** Help and version are no failures; commander has printed them, and its own complaints. */
function endingOfCommander({ code }: CommanderError): Ending {
  const isWanted = code === "commander.helpDisplayed" || code === "commander.version";
  return { exitCode: isWanted ? exitCodes.ok : exitCodes.usage, line: "", notes: [] };
}

function endingOfCall(error: QuorateError, isInterrupted: boolean): Ending {
  const isUnknown = error.outcome !== "not-executed";
  if (isInterrupted || error.code === "aborted") {
    const line = isUnknown ? "interrupted; nobody knows whether it was done" : "interrupted";
    return { exitCode: exitCodes.interrupted, line, notes: [] };
  }
  // The line has said the first fault already.
  const said = error.message.toLowerCase();
  const faults = (error.problem?.errors ?? [])
    .map(({ pointer, detail }) => (pointer === "" ? detail : `${pointer}: ${detail}`))
    .filter((fault) => !said.startsWith(fault.toLowerCase()));
  return {
    exitCode: exitCodeOf(error),
    line: lineOf(error),
    notes: [
      ...faults,
      ...causesOf(error),
      ...hintsOf(error),
      ...(isUnknown ? ["Nobody knows whether it was done: look before you try again."] : []),
      ...(error.requestId === null ? [] : [`request ${error.requestId}`]),
    ],
  };
}

/** What went wrong, in words of the command line where the API's are about headers. */
function lineOf({ code, message }: QuorateError): string {
  if (code !== "precondition-required") return message;
  return `The queue exists with another configuration. (${code})`;
}

/** Errors that may stand behind one another: more are a circle. */
const causesMax = 8;

/** Codes whose status says less than they do. */
const exitCodesByCode: Readonly<Record<string, ExitCode>> = {
  "purge-denied": exitCodes.conflict,
  "delete-denied": exitCodes.conflict,
  "preflight-failed": exitCodes.refused,
};

const exitCodesByStatus: Readonly<Record<number, ExitCode>> = {
  400: exitCodes.usage,
  401: exitCodes.notAllowed,
  403: exitCodes.notAllowed,
  404: exitCodes.notFound,
  409: exitCodes.conflict,
  412: exitCodes.conflict,
  413: exitCodes.usage,
  415: exitCodes.usage,
  422: exitCodes.conflict,
  428: exitCodes.conflict,
  429: exitCodes.unavailable,
};

/** What an exit code follows from: an error, or the problem of one entry of a batch. */
type Refusal = Pick<QuorateError, "code" | "outcome" | "status">;

/** The exit code of a call that failed, or of an entry of it. */
export function exitCodeOf({ code, outcome, status }: Refusal): ExitCode {
  const byCode = exitCodesByCode[code];
  if (byCode !== undefined) return byCode;
  if (code === "usage") return exitCodes.usage;
  if (outcome !== "not-executed") return exitCodes.outcomeUnknown;
  return (status === null ? undefined : exitCodesByStatus[status]) ?? exitCodes.unavailable;
}

/** What the platform says about a connection that failed, the innermost words alone. */
function causesOf({ code, cause }: QuorateError): readonly string[] {
  if (code !== "connection-failed") return [];
  let innermost = cause;
  for (let depth = 0; depth < causesMax && innermost instanceof Error; depth++) {
    if (!(innermost.cause instanceof Error)) break;
    innermost = innermost.cause;
  }
  return innermost instanceof Error && innermost.message !== "" ? [innermost.message] : [];
}

const whoKnowsMore = "`quorate doctor` looks for the reason, and says what to do.";

/** What to do about a refusal, in the words of this command. */
const hintsByCode: Readonly<Record<string, string>> = {
  "delete-denied": "`quorate queue set <queue> denyDelete=false` allows it.",
  "lease-unknown":
    "Leases are named by what `quorate receive` prints, and forgotten after a while.",
  "member-not-found": "`quorate cluster info` lists the members.",
  "message-leased": "`quorate message rm --force` deletes it although somebody is at work on it.",
  "no-quorum": whoKnowsMore,
  overloaded: whoKnowsMore,
  starting: whoKnowsMore,
  "timed-out": whoKnowsMore,
  "message-not-found": "It is done or deleted, was never in this queue, or the id is mistyped.",
  paused: "`quorate queue show <queue>` says why; `quorate queue resume <queue> send` ends it.",
  "precondition-required":
    "`quorate queue diff <queue> field=value…` shows what differs, `queue set` changes it.",
  "purge-denied": "`quorate queue set <queue> denyPurge=false` allows it.",
  "queue-not-empty": "`quorate queue rm --force` deletes it with all that is in it.",
  "queue-not-found": "`quorate queue ls` lists those that there are.",
  "route-not-found": "This gateway is of another version than the command.",
  "scope-missing": "`quorate whoami` shows what the token allows.",
  "token-invalid": "`quorate token inspect` shows what is in the token.",
  "token-missing": "Give a token: quorate login, QUORATE_TOKEN or --token-file.",
};

function hintsOf({ code, outcome }: QuorateError): readonly string[] {
  const hint = hintsByCode[code];
  if (hint !== undefined) return [hint];
  if (code === "connection-failed" && outcome === "not-executed") {
    return ["Is the gateway running? `quorate context show` says which one is meant."];
  }
  return [];
}

/** Files that cannot be read or written: the system's own words, without a stack. */
function systemErrorLine(error: unknown): string | null {
  if (!(error instanceof Error) || !("syscall" in error) || !("code" in error)) return null;
  return error.message;
}
