/** How the gateway of a test hands messages out and takes settlements. */
import {
  ApiError,
  dequeue,
  errors,
  extendDequeue,
  formatTime,
  type Held,
  problemOf,
  reasonBytesMax,
  settle,
  type SettleAction,
  type Settlement,
} from "@quorate/contract";
import { unreachable, utf8Encode } from "@quorate/prelude";
import { sha256 } from "@quorate/prelude/testing";
import {
  type Dequeue,
  type DeliveryError,
  dequeueIdHash,
  leaseIdText,
  leaseNever,
  parseLeaseId,
  type Settlement as QueueSettlement,
  type SettleResult,
} from "@quorate/queue";
import type { Timers } from "../timers.ts";
import { refusalError } from "./refusal-error.ts";
import { jsonAnswer, textAnswer } from "./test-answer.ts";
import { bodyShape, checked, type TestCall } from "./test-call.ts";
import type { TestMachine } from "./test-machine.ts";
import { deliveryText, lostOf } from "./test-message.ts";

/** Characters of a failure's text that are kept; the API counts its bytes. */
const reasonCharsMax = reasonBytesMax / 4;

type DequeueBody = Held<NonNullable<typeof dequeue.body>>;

/** `POST …/dequeue`: waits, in the test's time, when there is nothing. */
export async function dequeueSome(
  { machine, timers }: { readonly machine: TestMachine; readonly timers: Timers },
  call: TestCall,
): Promise<Response> {
  const body: DequeueBody = checked(bodyShape(dequeue), call.body);
  const operation = dequeueOf(call, body);
  const taken = take(machine, operation, call);
  const { waitMs = 0 } = body;
  if (taken !== null || waitMs === 0) return taken ?? nothing(machine, operation, call);
  return await new Promise((resolve, reject) => {
    const end = (finish: () => void) => {
      unwatch();
      cancel();
      call.signal?.removeEventListener("abort", onAbort);
      finish();
    };
    const onReady = () => {
      const found = take(machine, operation, call);
      if (found !== null) end(() => resolve(found));
    };
    // Who has gone takes nothing.
    const onAbort = () => end(() => reject(call.signal?.reason));
    const unwatch = machine.watch(operation.queue, onReady);
    const cancel = timers.after(waitMs, () =>
      end(() => resolve(nothing(machine, operation, call))),
    );
    call.signal?.addEventListener("abort", onAbort, { once: true });
  });
}

function dequeueOf(call: TestCall, body: DequeueBody): Dequeue {
  const { headers, principal, params } = call;
  const id = body.dequeueId ?? headers.get("idempotency-key");
  return {
    type: "dequeue",
    queue: params["queue"] ?? "",
    principal,
    worker: body.worker ?? null,
    dequeueHash: id === null ? null : dequeueIdHash(sha256, principal, id),
    from: body.from ?? "ready",
    max: body.max ?? 1,
    maxPerGroup: body.maxPerGroup ?? null,
    mode: body.mode ?? "lease",
    leaseMs: body.leaseMs ?? null,
  };
}

function take(machine: TestMachine, operation: Dequeue, call: TestCall): Response | null {
  const { queue, from, mode, dequeueHash } = operation;
  const { finds } = machine.ask(
    { type: "deliverable", queue, from, mode, dequeueHash },
    "deliverable",
  );
  if (finds === "queue-not-found" || finds === "in-flight-limit") throw new ApiError(finds);
  if (finds === "nothing" || finds === "paused") return null;
  const { messages, lost, replayed, paused } = machine.execute(operation, "dequeued");
  const rest = { replayed, lost: lost.map(lostOf), paused, coord: machine.coord() };
  const text = `{"messages":[${messages.map(deliveryText).join(",")}],${JSON.stringify(rest).slice(1)}`;
  return textAnswer(call, 200, text);
}

function nothing(machine: TestMachine, { queue }: Dequeue, call: TestCall): Response {
  const coord = machine.coord();
  const { view } = machine.ask({ type: "get-queue", queue }, "queue");
  const paused = view !== null && view.paused.receive !== null;
  return jsonAnswer(call, 200, { messages: [], replayed: false, lost: [], paused, coord });
}

/** `POST …/settle`. */
export function settleMany(machine: TestMachine, call: TestCall): Response {
  const { settlements, atomic = false } = checked(bodyShape(settle), call.body);
  const settled = settleAll(machine, call, { settlements, atomic });
  const results = settled.map((result, index) => {
    const leaseId = settlements[index]?.leaseId ?? "";
    if (result.status === "settled") return { leaseId, status: 200, ...settledOf(result) };
    const error = refusalError(result.refusal);
    const { status } = errors[error.code];
    return { leaseId, status, problem: problemOf(error, call.requestId) };
  });
  const ok = settled.filter(({ status }) => status === "settled").length;
  const summary = { ok, failed: results.length - ok };
  return jsonAnswer(call, 200, { results, summary, coord: machine.coord() });
}

/** `POST …/leases/{leaseId}/{action}`. */
export function settleLease(machine: TestMachine, call: TestCall, action: SettleAction): Response {
  const leaseId = call.params["leaseId"] ?? "";
  const said = typeof call.body === "object" ? call.body : {};
  const one = { settlements: [{ ...said, leaseId, action }] };
  const [result] = settleAll(machine, call, checked(bodyShape(settle), one));
  if (result === undefined) throw new Error("a settlement has one result");
  if (result.status === "refused") throw refusalError(result.refusal);
  return jsonAnswer(call, 200, { leaseId, ...settledOf(result), coord: machine.coord() });
}

function settleAll(
  machine: TestMachine,
  call: TestCall,
  sent: { readonly settlements: readonly Settlement[]; readonly atomic?: boolean },
): readonly SettleResult[] {
  const settlements = sent.settlements.map(settlementOf);
  const { atomic = false } = sent;
  const queue = call.params["queue"] ?? "";
  return machine.execute({ type: "settle", queue, atomic, settlements }, "settled").results;
}

function settledOf(result: Extract<SettleResult, { status: "settled" }>) {
  const { state, alreadySettled, late, leaseUntilMs } = result;
  const leaseUntil = leaseUntilMs === null ? null : formatTime(leaseUntilMs);
  return { state, alreadySettled, late, leaseUntil };
}

function settlementOf(sent: Settlement): QueueSettlement {
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
    case "extend": {
      const { leaseMs = null, progress } = sent;
      const told = progress === undefined ? null : utf8Encode(JSON.stringify(progress));
      return { action: "extend", lease, leaseMs, progress: told };
    }
    default:
      return unreachable(sent);
  }
}

function errorOf(
  sent: { readonly type?: string; readonly message?: string } | undefined,
  reason?: string,
): DeliveryError | null {
  if (sent === undefined && reason === undefined) return null;
  return {
    type: sent?.type ?? "",
    message: (reason ?? sent?.message ?? "").slice(0, reasonCharsMax),
  };
}

/** `POST …/extend`. */
export function extendAll(machine: TestMachine, call: TestCall): Response {
  const { dequeueId, leaseMs } = checked(bodyShape(extendDequeue), call.body);
  const queue = call.params["queue"] ?? "";
  const dequeueHash = dequeueIdHash(sha256, call.principal, dequeueId);
  const outcome = machine.execute(
    { type: "extend-dequeue", queue, dequeueHash, leaseMs },
    "leases-extended",
  );
  const extended = outcome.extended.map((lease) => {
    return { leaseId: leaseIdText(lease), leaseUntil: formatTime(lease.untilMs) };
  });
  const lost = outcome.lost.map(lostOf);
  return jsonAnswer(call, 200, { extended, lost, coord: machine.coord() });
}
