/** Ending leases, or moving their end: many, one, or all of one dequeue. */
import {
  ApiError,
  errors,
  extendDequeue,
  type Held,
  problemOf,
  settle,
  settleOne,
  type Settlement as SentSettlement,
} from "@quorate/contract";
import { unreachable } from "@quorate/prelude";
import {
  type DeliveryError,
  dequeueIdHash,
  leaseIdText,
  leaseNever,
  parseLeaseId,
  type Settle,
  type Settlement,
  type SettleResult,
} from "@quorate/queue";
import type { Answer } from "./answer.ts";
import type { Call, Serve } from "./call.ts";
import { type Conversation, execute } from "./conversation.ts";
import { cutReason } from "./cut-reason.ts";
import { lostText } from "./delivery-text.ts";
import type { Host, TextCodec } from "./host.ts";
import { coordText, timeText } from "./json-text.ts";
import { refusalError } from "./refusal-error.ts";

/** `POST …/settle`, `…/leases/{leaseId}/{action}` and `…/extend`. */
export function serveSettle(serve: Serve, host: Host): void {
  serve(settle, (call) => settleMany(host, call));
  serve(settleOne.ack, (call) => settleLease(host, call, { ...call.body, action: "ack" }));
  serve(settleOne.nack, (call) => settleLease(host, call, { ...call.body, action: "nack" }));
  serve(settleOne.release, (call) => settleLease(host, call, { ...call.body, action: "release" }));
  serve(settleOne.reject, (call) => settleLease(host, call, { ...call.body, action: "reject" }));
  serve(settleOne.extend, (call) => settleLease(host, call, { ...call.body, action: "extend" }));
  serve(extendDequeue, (call) => extendAll(host, call));
}

type Unaddressed<S> = S extends unknown ? Omit<S, "leaseId"> : never;

function* settleLease(
  host: Host,
  call: Call,
  said: Unaddressed<SentSettlement>,
): Conversation<Answer> {
  const leaseId = call.params["leaseId"] ?? "";
  const settling = settlingOf(host, call, [{ ...said, leaseId }]);
  const { outcome, coord } = yield* execute(settling, idempotent);
  const { results } = outcome;
  const [result] = results;
  if (result === undefined) throw new Error("a settlement has one result");
  if (result.status === "refused") throw refusalError(result.refusal);
  return {
    status: 200,
    body: `{"leaseId":${JSON.stringify(leaseId)},${settledText(result)},"coord":${coordText(coord)}}`,
    counts: countsOf(results),
  };
}

/** Settling is idempotent by itself. */
const idempotent = { expects: "settled", isRepeatable: true } as const;

function settlingOf(
  { text }: Host,
  { queue }: Call,
  sent: readonly SentSettlement[],
  atomic = false,
): Settle {
  return {
    type: "settle",
    queue,
    atomic,
    settlements: sent.map((each) => settlementOf(each, text)),
  };
}

function* settleMany(
  host: Host,
  call: Call<Held<typeof settle.body & object>>,
): Conversation<Answer> {
  const { settlements, atomic = false } = call.body;
  if (atomic) refuseTwice(settlements);
  const settling = settlingOf(host, call, settlements, atomic);
  const { outcome, coord } = yield* execute(settling, idempotent);
  const { results } = outcome;
  const texts = settlements.map((sent, index) => resultText(sent, results[index], call.requestId));
  const failed = results.filter(({ status }) => status === "refused").length;
  return {
    status: 200,
    body:
      `{"results":[${texts.join(",")}],` +
      `"summary":{"ok":${results.length - failed},"failed":${failed}},"coord":${coordText(coord)}}`,
    counts: countsOf(results),
  };
}

function refuseTwice(settlements: readonly SentSettlement[]): void {
  const seen = new Set<string>();
  for (const [index, { leaseId }] of settlements.entries()) {
    if (seen.has(leaseId)) {
      const detail = "an atomic batch names a lease once";
      const fault = { pointer: `/settlements/${index}/leaseId`, detail };
      throw new ApiError("request-invalid", { detail: `${detail}.`, errors: [fault] });
    }
    seen.add(leaseId);
  }
}

function settlementOf(sent: SentSettlement, text: TextCodec): Settlement {
  const lease = parseLeaseId(sent.leaseId) ?? leaseNever;
  switch (sent.action) {
    case "ack":
      return { action: "ack", lease };
    case "nack":
      return {
        action: "nack",
        lease,
        delayMs: sent.delayMs ?? null,
        error: errorOf(sent.error, undefined, text),
      };
    case "release":
      return { action: "release", lease, delayMs: sent.delayMs ?? null };
    case "reject":
      return { action: "reject", lease, error: errorOf(sent.error, sent.reason, text) };
    case "extend":
      return {
        action: "extend",
        lease,
        leaseMs: sent.leaseMs ?? null,
        progress: Object.hasOwn(sent, "progress")
          ? text.encode(JSON.stringify(sent.progress))
          : null,
      };
    default:
      return unreachable(sent);
  }
}

interface SentError {
  readonly type?: string;
  readonly message?: string;
}

function errorOf(
  sent: SentError | undefined,
  reason: string | undefined,
  text: TextCodec,
): DeliveryError | null {
  if (sent === undefined && reason === undefined) return null;
  return { type: sent?.type ?? "", message: cutReason(reason ?? sent?.message ?? "", text) };
}

function resultText(
  { leaseId }: SentSettlement,
  result: SettleResult | undefined,
  requestId: string,
): string {
  if (result === undefined) throw new Error("fewer results than settlements");
  const lease = `"leaseId":${JSON.stringify(leaseId)}`;
  if (result.status === "settled") return `{${lease},"status":200,${settledText(result)}}`;
  const error = refusalError(result.refusal);
  const problem = JSON.stringify(problemOf(error, requestId));
  return `{${lease},"status":${errors[error.code].status},"problem":${problem}}`;
}

function settledText(result: Extract<SettleResult, { status: "settled" }>): string {
  const { state, alreadySettled, late, leaseUntilMs } = result;
  return (
    `"state":"${state}","alreadySettled":${alreadySettled},"late":${late},` +
    `"leaseUntil":${timeText(leaseUntilMs)}`
  );
}

/** Counts what left its lease just now: no extension, no repetition. */
function countsOf(results: readonly SettleResult[]) {
  const settled = results.filter(
    (result) =>
      result.status === "settled" && !result.alreadySettled && result.leaseUntilMs === null,
  );
  return { settled: settled.length };
}

function* extendAll(
  { sha256 }: Host,
  call: Call<Held<typeof extendDequeue.body & object>>,
): Conversation<Answer> {
  const { dequeueId, leaseMs } = call.body;
  const dequeueHash = dequeueIdHash(sha256, call.principal.id, dequeueId);
  const { outcome, coord } = yield* execute(
    { type: "extend-dequeue", queue: call.queue, dequeueHash, leaseMs },
    { expects: "leases-extended", isRepeatable: true },
  );
  const extended = outcome.extended.map(
    (lease) => `{"leaseId":"${leaseIdText(lease)}","leaseUntil":${timeText(lease.untilMs)}}`,
  );
  const lost = outcome.lost.map(lostText);
  return {
    status: 200,
    body: `{"extended":[${extended.join(",")}],"lost":[${lost.join(",")}],"coord":${coordText(coord)}}`,
  };
}
