/** A call by the name of its route: what it needs, and how it goes onto the wire and comes off it. */
import type { Wire, WireAnswer } from "./attempt.ts";
import { stringifyJson } from "./json-text.ts";
import { operations, type Operations } from "./operations.ts";
import { UsageError } from "./quorate-error.ts";
import { randomId } from "./random-id.ts";

/** The name of a route, as in the OpenAPI document. */
export type OperationId = keyof Operations;

/** What every call may say. */
export interface CallOptions {
  /** Gives the call up; what was sent may still act. */
  readonly signal?: AbortSignal | undefined;
  /** Whole time of the call, its retries included, in ms; instead of the client's. */
  readonly timeoutMs?: number | undefined;
  /** Attempts after the first; instead of the client's. */
  readonly maxRetries?: number | undefined;
}

/** The parts of a call, whatever its route is. */
export interface AnyCall extends CallOptions {
  /** The names in the route's path. */
  readonly params?: Readonly<Record<string, string>> | undefined;
  readonly query?: Readonly<Record<string, string | undefined>> | undefined;
  readonly body?: unknown;
  /** The body as JSON text, where its bytes are to be the caller's; instead of `body`. */
  readonly bodyText?: string | undefined;
  /** Further headers, such as `If-Match`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * Names the call, so that its retries act once. One is made when none is given; null sends none,
   * and then nothing is retried that may have acted.
   */
  readonly idempotencyKey?: string | null | undefined;
}

/** A part that may be left out when all in it may be left out. */
type CallPart<K extends string, V> =
  Readonly<Record<string, never>> extends V
    ? { readonly [P in K]?: V | undefined }
    : undefined extends V
      ? { readonly [P in K]?: undefined }
      : { readonly [P in K]: V };

/** What a call of this route needs and may say. */
export type Call<O extends OperationId> = AnyCall &
  CallPart<"params", Operations[O]["params"]> &
  CallPart<"query", Operations[O]["query"]> &
  CallPart<"body", Operations[O]["body"]>;

/** Sends a call of any route. Throws a `QuorateError`. */
export type Send = <O extends OperationId>(
  operation: O,
  call: AnyCall & { readonly body?: Operations[O]["body"] | undefined },
) => Promise<Answer<O>>;

/** An answer of this route. */
export interface Answer<O extends OperationId> {
  readonly status: number;
  readonly headers: Headers;
  /** Whole numbers beyond 2^53, which only bodies of messages hold, are BigInt. */
  readonly body: Operations[O]["answer"];
  /** The body as it came, for whoever passes it on. */
  readonly text: string;
}

/** The request that this call means. Throws a `UsageError` when it cannot be written. */
export function wireOf(operation: OperationId, call: AnyCall): Wire {
  if (!Object.hasOwn(operations, operation)) {
    throw new UsageError(`there is no operation ${operation}`);
  }
  const { method, path, statuses } = operations[operation];
  const hasBody = method !== "GET" && method !== "DELETE";
  const isRead = method === "GET";
  const key = isRead || namesItself(operation, call) ? null : keyOf(call);
  const headers = {
    accept: "application/json, application/problem+json",
    ...(hasBody ? { "content-type": "application/json" } : {}),
    ...(key === null ? {} : { "idempotency-key": key }),
    ...call.headers,
  };
  refuseBadHeaders(headers);
  return {
    method,
    target: pathOf(path, call.params ?? {}) + queryOf(call.query ?? {}),
    headers,
    body: hasBody ? (call.bodyText ?? bodyOf(call.body ?? {})) : null,
    statuses,
    hasCoord: path.startsWith("/v1/"),
    isRead,
    isRepeatable: isRead || key !== null || namesItself(operation, call),
  };
}

/** The answer that came. */
export function answerOf<O extends OperationId>({
  status,
  headers,
  json,
  text,
}: WireAnswer): Answer<O> {
  // A gateway is trusted to keep the contract, to which its own tests hold it: nothing is checked.
  const trust: (value: unknown) => asserts value is Operations[O]["answer"] = () => {};
  const body = json ?? (text === "" ? undefined : text);
  trust(body);
  return { status, headers, body, text };
}

/** Whether the call needs no key: settling is idempotent, and a dequeueId is the dequeue's key. */
function namesItself(operation: OperationId, { body }: AnyCall): boolean {
  const { path } = operations[operation];
  if (path.includes("/leases/") || path.endsWith("/settle") || path.endsWith("/extend"))
    return true;
  const isNamed = typeof body === "object" && body !== null && "dequeueId" in body;
  return operation === "dequeue" && isNamed && body.dequeueId !== undefined;
}

function keyOf({ idempotencyKey = randomId() }: AnyCall): string | null {
  return idempotencyKey;
}

/** What no header can hold would else look like a connection that broke. */
function refuseBadHeaders(headers: Readonly<Record<string, string>>): void {
  try {
    void new Headers(headers);
  } catch (error) {
    throw new UsageError("a header cannot be sent", "usage", { cause: error });
  }
}

function pathOf(path: string, params: Readonly<Record<string, string>>): string {
  return path.replaceAll(/:(\w+)/g, (_found, name: string) => {
    const value = params[name];
    if (value === undefined || value === "") throw new UsageError(`params.${name} is missing`);
    // A dot alone would be taken for a step of the path, also when it is escaped.
    if (/^\.\.?$/.test(value)) throw new UsageError(`params.${name} must not be dots`);
    return encodeURIComponent(value);
  });
}

function queryOf(query: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => {
    return entry[1] !== undefined;
  });
  return given.length === 0 ? "" : `?${new URLSearchParams(given).toString()}`;
}

function bodyOf(body: unknown): string {
  try {
    return stringifyJson(body);
  } catch (error) {
    throw new UsageError("the body has no JSON", "usage", { cause: error });
  }
}
