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
  type Settlement,
  type SettleResult,
} from "@quorate/queue";
import type { Answer } from "../answer.ts";
import type { Call } from "../call.ts";
import { execute } from "../cluster-call.ts";
import { cutReason } from "../cut-reason.ts";
import { lostText } from "../delivery-text.ts";
import { coordText, timeText } from "../json-text.ts";
import { mount, type Mounting } from "../mount.ts";
import { refusalError } from "../refusal-error.ts";
import type { Gateway } from "./gateway.ts";

/** Serves `POST …/settle`, `…/leases/{leaseId}/{action}` and `…/extend`. */
export function mountSettle(mounting: Mounting, gateway: Gateway): void {
  mount(mounting, settle, (call) => settleMany(gateway, call));
  mount(mounting, settleOne.ack, (call) =>
    settleLease(gateway, call, { ...call.body, action: "ack" }),
  );
  mount(mounting, settleOne.nack, (call) =>
    settleLease(gateway, call, { ...call.body, action: "nack" }),
  );
  mount(mounting, settleOne.release, (call) =>
    settleLease(gateway, call, { ...call.body, action: "release" }),
  );
  mount(mounting, settleOne.reject, (call) =>
    settleLease(gateway, call, { ...call.body, action: "reject" }),
  );
  mount(mounting, settleOne.extend, (call) =>
    settleLease(gateway, call, { ...call.body, action: "extend" }),
  );
  mount(mounting, extendDequeue, (call) => extendAll(gateway, call));
}

type Unaddressed<S> = S extends unknown ? Omit<S, "leaseId"> : never;

async function settleLease(
  gateway: Gateway,
  call: Call,
  said: Unaddressed<SentSettlement>,
): Promise<Answer> {
  const leaseId = call.params["leaseId"] ?? "";
  const { results, coord } = await settleLeases(gateway, call, [{ ...said, leaseId }]);
  const [result] = results;
  if (result === undefined) throw new Error("a settlement has one result");
  if (result.status === "refused") throw refusalError(result.refusal);
  countSettled(gateway, call.queue, results);
  return {
    status: 200,
    body: `{"leaseId":${JSON.stringify(leaseId)},${settledText(result)},"coord":${coordText(coord)}}`,
  };
}

async function settleLeases(
  { client }: Gateway,
  call: Call,
  sent: readonly SentSettlement[],
  atomic = false,
) {
  const settlements = sent.map(settlementOf);
  const { outcome, coord } = await execute(
    client,
    { type: "settle", queue: call.queue, atomic, settlements },
    // Settling is idempotent by itself.
    { expects: "settled", isRepeatable: true },
  );
  return { results: outcome.results, coord };
}

async function settleMany(
  gateway: Gateway,
  call: Call<Held<typeof settle.body & object>>,
): Promise<Answer> {
  const { settlements, atomic = false } = call.body;
  if (atomic) refuseTwice(settlements);
  const { results, coord } = await settleLeases(gateway, call, settlements, atomic);
  countSettled(gateway, call.queue, results);
  const texts = settlements.map((sent, index) => resultText(sent, results[index], call.requestId));
  const failed = results.filter(({ status }) => status === "refused").length;
  return {
    status: 200,
    body:
      `{"results":[${texts.join(",")}],` +
      `"summary":{"ok":${results.length - failed},"failed":${failed}},"coord":${coordText(coord)}}`,
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

function settlementOf(sent: SentSettlement): Settlement {
  const lease = parseLeaseId(sent.leaseId) ?? leaseNever;
  switch (sent.action) {
    case "ack":
      return { action: "ack", lease };
    case "nack":
      return { action: "nack", lease, delayMs: sent.delayMs ?? null, error: errorOf(sent.error) };
    case "release":
      return { action: "release", lease, delayMs: sent.delayMs ?? null };
    case "reject":
      return { action: "reject", lease, error: errorOf(sent.error, sent.reason) };
    case "extend":
      return {
        action: "extend",
        lease,
        leaseMs: sent.leaseMs ?? null,
        progress: Object.hasOwn(sent, "progress")
          ? Buffer.from(JSON.stringify(sent.progress))
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

function errorOf(sent: SentError | undefined, reason?: string): DeliveryError | null {
  if (sent === undefined && reason === undefined) return null;
  return { type: sent?.type ?? "", message: cutReason(reason ?? sent?.message ?? "") };
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
function countSettled({ rates }: Gateway, queue: string, results: readonly SettleResult[]): void {
  const settled = results.filter(
    (result) =>
      result.status === "settled" && !result.alreadySettled && result.leaseUntilMs === null,
  );
  if (settled.length > 0) rates.add(queue, "settled", settled.length);
}

async function extendAll(
  { client, sha256 }: Gateway,
  call: Call<Held<typeof extendDequeue.body & object>>,
): Promise<Answer> {
  const { dequeueId, leaseMs } = call.body;
  const dequeueHash = dequeueIdHash(sha256, call.principal.id, dequeueId);
  const { outcome, coord } = await execute(
    client,
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
