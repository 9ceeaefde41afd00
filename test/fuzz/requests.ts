/**
 * HTTP requests: such as must be refused, whoever sends them, such as may mean anything, of which
 * only the answer's class is known, and good ones between them, which must be served.
 */
import type { Prng } from "@quorate/prelude";
import { routes } from "@quorate/contract";
import type { DevTokens } from "@quorate/scripts/src/tokens.ts";
import type { BadAuthorization } from "./bad-tokens.ts";
import { brokenJson, oddValue } from "./odd-json.ts";

/** One request, and what must become of it. */
export interface FuzzedRequest {
  readonly kind: RequestKind;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
  /** Statuses of which the answer has one; null: any below 500. */
  readonly expected: readonly number[] | null;
}

/** What the requests are made of. */
export interface RequestParts {
  readonly tokens: DevTokens;
  readonly badTokens: readonly BadAuthorization[];
  /** The queue that no request here may change. */
  readonly guarded: string;
  /** The queue with which everything may happen. */
  readonly free: string;
}

const requestKinds = [
  "bad-token",
  "scope-missing",
  "broken-json",
  "unknown-route",
  "wrong-method",
  "wrong-media",
  "invented-lease",
  "unknown-queue",
  "claimed-length",
  "odd-json",
  "odd-bytes",
  "good-call",
] as const;
/** See the file. */
export type RequestKind = (typeof requestKinds)[number];

/** One request of a kind that the generator picks. */
export function requestOf(parts: RequestParts, prng: Prng): FuzzedRequest {
  const kind = prng.pick(requestKinds);
  const made = makers[kind](parts, prng);
  const { method = "POST", headers = {}, body = null, token = parts.tokens.admin } = made;
  const authorization = token === "" ? {} : { authorization: `Bearer ${token}` };
  const { path, expected } = made;
  return { kind, method, path, headers: { ...authorization, ...headers }, body, expected };
}

interface Made {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** The admin's unless said otherwise; "" for none. */
  readonly token?: string;
  readonly expected: readonly number[] | null;
}

const alphabet = "abcdefghijklmnopqrstuvwxyzABCXYZ0123456789_-";
const json = { "content-type": "application/json" };
const actions = ["ack", "nack", "release", "reject", "extend"] as const;

/** Good calls on a queue, which need a scope each. */
const calls = [
  { method: "POST", path: "enqueue", text: '{"body":{"a":1},"dedupId":"d"}', as: "consumer" },
  { method: "POST", path: "enqueue/batch", text: '{"messages":[{"body":1}]}', as: "consumer" },
  { method: "POST", path: "dequeue", text: '{"max":1,"dequeueId":"d"}', as: "producer" },
  {
    method: "POST",
    path: "settle",
    text: '{"settlements":[{"leaseId":"l_0","action":"ack"}]}',
    as: "producer",
  },
  { method: "POST", path: "extend", text: '{"dequeueId":"d","leaseMs":5000}', as: "producer" },
] as const;

const makers: Readonly<Record<RequestKind, (parts: RequestParts, prng: Prng) => Made>> = {
  "bad-token": ({ guarded, badTokens }, prng) => {
    const { method, path } = prng.pick(routes.filter(({ scope }) => scope !== "public"));
    const authorization = prng.pick(badTokens)(prng);
    const headers = authorization === null ? {} : { authorization };
    const place = pathOf(path, guarded);
    const sent = method === "get" ? {} : { headers: { ...json, ...headers }, body: bytes("{}") };
    const expected = [401];
    return { method: method.toUpperCase(), path: place, token: "", headers, ...sent, expected };
  },
  "scope-missing": ({ guarded, tokens }, prng) => {
    const { method, path, text, as } = prng.pick(calls);
    const token = prng.chance(0.5) ? tokens[as] : tokens.viewer;
    const place = `/v1/queues/${guarded}/${path}`;
    return { method, path: place, headers: json, body: bytes(text), token, expected: [403] };
  },
  "broken-json": ({ guarded }, prng) => {
    const { method, path, text } = prng.pick(calls);
    const body = brokenJson(text, prng);
    return { method, path: `/v1/queues/${guarded}/${path}`, headers: json, body, expected: [400] };
  },
  "unknown-route": ({ guarded }, prng) => {
    const path = prng.pick([
      `/v1/queues/${guarded}/enqueue/${letters(prng)}`,
      `/v1/queues/${guarded}/${letters(prng)}z`,
      `/v1/${letters(prng)}z/${letters(prng)}`,
      `/v2/queues/${guarded}/enqueue`,
    ]);
    return { path, headers: json, body: bytes("{}"), expected: [404] };
  },
  "wrong-method": ({ guarded }, prng) => {
    const path = `/v1/queues/${guarded}/${prng.pick(calls).path}`;
    return { method: prng.pick(["GET", "PUT", "DELETE", "PATCH"]), path, expected: [405] };
  },
  "wrong-media": ({ guarded }, prng) => {
    const { method, path, text } = prng.pick(calls);
    const headers = prng.pick([
      { ...json, "content-encoding": prng.pick(["gzip", "br", "deflate", "x"]) },
      { "content-type": "application/json; charset=utf-16" },
    ]);
    const place = `/v1/queues/${guarded}/${path}`;
    return { method, path: place, headers, body: bytes(text), expected: [415] };
  },
  "invented-lease": ({ guarded }, prng) => {
    const lease = prng.pick([letters(prng), `l_${"0".repeat(20)}`, `l_${letters(prng)}`]);
    const action = prng.pick(actions);
    const path = `/v1/queues/${guarded}/leases/${lease}/${action}`;
    const body = bytes(action === "extend" ? '{"leaseMs":5000}' : "{}");
    return { path, headers: json, body, expected: [404] };
  },
  "unknown-queue": (_, prng) => {
    const { method, path, text } = prng.pick(calls);
    const place = `/v1/queues/none-${letters(prng).toLowerCase()}/${path}`;
    return { method, path: place, headers: json, body: bytes(text), expected: [404] };
  },
  "claimed-length": ({ guarded }, prng) => {
    const headers = { ...json, "content-length": String(prng.between(7_000_000, 2 ** 40)) };
    return { path: `/v1/queues/${guarded}/${prng.pick(calls).path}`, headers, expected: [413] };
  },
  "odd-json": ({ free }, prng) => {
    const body = bytes(JSON.stringify(oddValue(prng)));
    return { ...somewhere(free, prng), headers: json, body, expected: null };
  },
  "odd-bytes": ({ free }, prng) => {
    const names = [
      "prefer",
      "if-match",
      "idempotency-key",
      "traceparent",
      "x-request-id",
      "cookie",
    ];
    const odd = { [prng.pick(names)]: letters(prng), "content-type": letters(prng) };
    const body = Buffer.from(prng.bytes(prng.below(200)));
    return { ...somewhere(free, prng), headers: odd, body, expected: null };
  },
  "good-call": ({ free }, prng) => {
    const { method, path, text } = prng.pick(calls.filter((call) => call.path !== "extend"));
    const place = `/v1/queues/${free}/${path}`;
    return { method, path: place, headers: json, body: bytes(text), expected: [200, 201] };
  },
};

/** A call on the queue, or the making of one. */
function somewhere(queue: string, prng: Prng): { readonly method: string; readonly path: string } {
  if (prng.chance(0.1)) return { method: "PUT", path: `/v1/queues/${queue}-${prng.below(5)}` };
  const { method, path } = prng.pick(calls);
  const query = prng.chance(0.3) ? `?${encodeURIComponent(letters(prng))}` : "";
  return { method, path: `/v1/queues/${queue}/${path}${query}` };
}

function pathOf(path: string, queue: string): string {
  return path
    .replace(":queue", queue)
    .replace(":leaseId", `l_${"0".repeat(20)}`)
    .replace(":member", "r0");
}

function bytes(text: string): Buffer {
  return Buffer.from(text);
}

function letters(prng: Prng): string {
  const length = prng.between(1, 30);
  return Array.from({ length }, () => alphabet.charAt(prng.below(alphabet.length))).join("");
}
