/**
 * Serves one route of the contract: authorize, admit, read, check, handle, answer, always in this
 * order, in one function without middleware, because most calls are short and many.
 *
 * Nothing here catches: Express 5 passes a rejected promise to the error handler, which alone knows
 * how an error looks on the wire.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { ApiError, type Route, type RouteScope } from "@quorate/contract";
import type { Metrics } from "@quorate/ports";
import {
  type Answer,
  authorize,
  bodyKindOf,
  checkedBody,
  checkedQuery,
  refuseBadName,
} from "@quorate/rest";
import type { Express, Request } from "express";
import type { Admission, CallKind } from "../load/admission.ts";
import { send } from "./answer.ts";
import { authenticate, type Authority } from "../trust/authenticate.ts";
import { type Call, nobody, type RawCall } from "./call.ts";
import type { ChangeSignal } from "../live/changes.ts";
import { nodeText } from "./node-text.ts";
import type { RateLimits } from "../load/rate-limits.ts";
import type { Rates } from "../load/rates.ts";
import {
  type BodyLimit,
  bodyLimitOf,
  declaredBytes,
  readBody,
  refuseGone,
  refuseTooLarge,
  waitsToGoOn,
} from "./request-body.ts";
import { nameRequest } from "./request-id.ts";

/** What every route needs. */
export interface Mounting {
  readonly app: Express;
  readonly authority: Authority;
  readonly admission: Admission;
  readonly rateLimits: RateLimits;
  /** Within this time a client must have taken its answer, in ms. */
  readonly answerTimeoutMs: number;
  readonly metrics: Metrics;
  readonly rates: Pick<Rates, "add">;
  readonly changes: Pick<ChangeSignal, "note">;
}

/** Answers a call. */
export type Handle<B, Q> = (call: Call<B, Q>) => Promise<Answer> | Answer;

/** Answers a call whose body is not JSON. */
export type HandleRaw = (call: RawCall) => Promise<Answer>;

/** Whoever looks at queues or trust looks again after these. */
const changingScopes: ReadonlySet<RouteScope> = new Set([
  "manage",
  "purge",
  "redrive",
  "cluster:admin",
]);

/** Serves the route with the handler; `handleRaw` gets what is not JSON, if the route takes it. */
export function mount<B, Q>(
  mounting: Mounting,
  route: Route<B, Q>,
  handle: Handle<B, Q>,
  handleRaw: HandleRaw | null = null,
): void {
  const kind: CallKind = route.scope === "enqueue" ? "adding" : "draining";
  const isChange = route.method !== "get" && changingScopes.has(route.scope);
  const serve = serverOf(mounting, route, { handle, handleRaw, kind });
  mounting.app[route.method](route.path, async (request, response) => {
    const startedAt = performance.now();
    response.once("finish", () => {
      const labels = { route: route.id, status: String(response.statusCode) };
      const seconds = (performance.now() - startedAt) / 1000;
      mounting.metrics.observe("quorate_http_request_seconds", seconds, labels);
    });
    send(response, await serve(request, response), mounting.answerTimeoutMs);
    if (isChange) mounting.changes.note();
  });
}

interface Handlers<B, Q> {
  readonly handle: Handle<B, Q>;
  readonly handleRaw: HandleRaw | null;
  readonly kind: CallKind;
}

function serverOf<B, Q>(
  { authority, admission, rateLimits, rates }: Mounting,
  route: Route<B, Q>,
  { handle, handleRaw, kind }: Handlers<B, Q>,
): (request: Request, response: ServerResponse) => Promise<Answer> {
  // Most requests have no parameters, and no route must have one.
  const noParameters = checkedQuery(route.query, []);
  const bodyLimit = bodyLimitOf(route);
  return async (request, response) => {
    const requestId = nameRequest(request, response);
    const params = paramsOf(request);
    const queue = params["queue"] ?? null;
    const principal = route.scope === "public" ? nobody : await authenticate(request, authority);
    authorize(principal, route.scope, queue);
    authority.revocations.assertKnown(route.scope);
    const counting = route.scope === "public" ? null : rateLimits.enter(principal, queue, response);
    if (counting !== null) await counting;
    refuseGone(request);
    const bodyBytes = declaredBytes(request, bodyLimit);
    // Before room is asked for: what is too large for ever must not be told to come again.
    refuseTooLarge(bodyBytes, bodyLimit);
    const place = admission.enter(kind, principal.id, bodyBytes);
    try {
      const { bytes, raw } = await readCall({ request, response }, route, handleRaw !== null);
      // In chunks it could have been the largest; a call that waits is not to hold that for as long.
      place.correct(bytes.length);
      refuseBadName(queue);
      refuseCondition(request, route);
      const query = queryIn(request.url, route) ?? noParameters;
      const of = queue ?? "";
      const call = { requestId, principal, queue: of, params, request, response, query, bytes };
      if (raw !== null && handleRaw !== null) {
        const rawCall = { ...call, body: null, captured: [], contentType: raw };
        return counted(rates, of, await handleRaw(rawCall));
      }
      const { body, captured } = checkedBody(route, bytes, nodeText);
      return counted(rates, of, await handle({ ...call, body, captured }));
    } finally {
      place.leave();
    }
  };
}

/** The same answer, after what has been done to messages was counted. */
function counted(rates: Mounting["rates"], queue: string, answer: Answer): Answer {
  if (answer.counts !== undefined) rates.add(queue, answer.counts);
  return answer;
}

/** The bytes of the body, and its content type when it is to be taken raw. */
async function readCall(
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
  route: Route,
  takesRaw: boolean,
): Promise<{ readonly bytes: Buffer; readonly raw: string | null }> {
  const limit = bodyLimitOf(route);
  if (route.body === null) {
    await refuseBody(request, limit);
    return { bytes: Buffer.alloc(0), raw: null };
  }
  const type = bodyKindOf(request, declaredBytes(request, limit));
  const isLabelled = request.headers["content-type"] !== undefined;
  const isRefused = type.kind === "raw" && !takesRaw;
  if (isRefused && isLabelled) throw notJson();
  if (waitsToGoOn(request)) response.writeContinue();
  const bytes = await readBody(request, limit);
  // Of a chunked body only its end shows that it is empty; then it needs no label.
  if (!isLabelled && bytes.length === 0) return { bytes, raw: null };
  if (isRefused) throw notJson();
  return { bytes, raw: type.kind === "raw" ? type.contentType : null };
}

function notJson(): ApiError {
  const detail = "A body is taken here with Content-Type: application/json alone.";
  return new ApiError("unsupported-media-type", { detail });
}

/** Refuses a body that is not empty. */
async function refuseBody(request: IncomingMessage, limit: BodyLimit): Promise<void> {
  // Of a chunked one only its end shows that it is empty.
  const isChunked = request.headers["transfer-encoding"] !== undefined;
  const bytes = isChunked ? (await readBody(request, limit)).length : declaredBytes(request, limit);
  if (bytes === 0) return;
  const detail = "This route takes no body.";
  throw new ApiError("request-invalid", { detail, errors: [{ pointer: "", detail }] });
}

/** The query of the URL, or null without one. */
function queryIn<B, Q>(url: string, { query }: Route<B, Q>): Q | null {
  const at = url.indexOf("?");
  return at === -1 ? null : checkedQuery(query, new URLSearchParams(url.slice(at + 1)));
}

/** Nobody may believe that something was done on a condition which was never looked at. */
function refuseCondition({ headers }: IncomingMessage, { method, requestHeaders }: Route): void {
  if (method === "get" || headers["if-match"] === undefined) return;
  if (requestHeaders.some(({ name }) => name === "If-Match")) return;
  const detail = "This route takes no condition.";
  throw new ApiError("request-invalid", { detail, errors: [{ pointer: "If-Match", detail }] });
}

function paramsOf(request: Request): Readonly<Record<string, string>> {
  const params: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.params)) {
    if (typeof value === "string") params[name] = value;
  }
  return params;
}
