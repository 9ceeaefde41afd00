/** A request to the gateway of a test: read, checked, and matched to its route. */
import {
  ApiError,
  type ErrorFacts,
  type Held,
  routes,
  type Route,
  scanJson,
  type Shape,
  type ShapeFault,
} from "@quorate/contract";
import { hexEncode, utf8Encode } from "@quorate/prelude";
import { sha256 } from "@quorate/prelude/testing";

/** A request of a route. */
export interface TestCall {
  readonly route: Route;
  /** The names in its path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Headers;
  /** Who asks: each token is somebody else. */
  readonly principal: string;
  /** The body's bytes. */
  readonly bytes: Uint8Array;
  /** The body; where it had bodies of messages, it has their ordinals in `captured`. */
  readonly body: unknown;
  readonly captured: readonly Uint8Array[];
  readonly requestId: string;
  readonly signal: AbortSignal | null;
}

/** Reads a request. Throws an ApiError when it is none that a gateway would take. */
export function testCallOf(url: URL, init: RequestInit, requestId: string): TestCall {
  const method = (init.method ?? "GET").toLowerCase();
  const { route, params } = matchOf(method, url.pathname);
  const headers = new Headers(init.headers);
  const text = typeof init.body === "string" ? init.body : "";
  const bytes = utf8Encode(text);
  const { body, captured } = bodyOf(bytes, route);
  const query = Object.fromEntries(url.searchParams);
  checked(route.query, query);
  if (route.body !== null) checked(route.body, body);
  const principal = principalOf(headers.get("authorization") ?? "");
  const signal = init.signal ?? null;
  return { route, params, query, headers, principal, bytes, body, captured, requestId, signal };
}

/** Issuer and subject; the latter stands for the token and does not show it. */
function principalOf(authorization: string): string {
  return `https://quorate.test\n${hexEncode(sha256(utf8Encode(authorization))).slice(0, 16)}`;
}

/** The value as the shape holds it. Throws an ApiError with everything that is wrong with it. */
export function checked<S extends Shape<unknown>>(shape: S, value: unknown): Held<S> {
  const faults: ShapeFault[] = [];
  const holds = (checkedValue: unknown): checkedValue is Held<S> =>
    shape.holds(checkedValue, faults);
  if (holds(value)) return value;
  throw faultsError(faults);
}

/** The shape of a route's body. */
export function bodyShape<B>({ id, body }: Route<B, object>): Shape<B> {
  if (body === null) throw new Error(`${id} has no body`);
  return body;
}

/** The error that names these faults, whose pointers begin with `within`. */
export function faultsError(faults: readonly ShapeFault[], within = ""): ApiError {
  const beyond = faults.find(({ code }) => code === "limit-exceeded");
  const isInvalid = beyond === undefined || faults.some(({ code }) => code === "request-invalid");
  const errors = faults.map(({ pointer, detail }) => ({ pointer: within + pointer, detail }));
  const [first] = errors;
  const detail = first === undefined ? "Not accepted." : `${first.pointer}: ${first.detail}.`;
  const facts: ErrorFacts = { detail, errors };
  if (isInvalid) return new ApiError("request-invalid", facts);
  const { limit, max } = beyond;
  return new ApiError("limit-exceeded", {
    ...facts,
    ...(limit === null ? {} : { limit }),
    ...(max === null ? {} : { max }),
  });
}

function matchOf(method: string, path: string) {
  for (const route of routes) {
    const pattern = new RegExp(`^${route.path.replaceAll(/:(\w+)/g, "(?<$1>[^/]+)")}$`);
    const found = route.method === method ? pattern.exec(path) : null;
    if (found === null) continue;
    const params = Object.entries(found.groups ?? {}).map(([name, value]) => {
      return [name, decodeURIComponent(value)] as const;
    });
    return { route, params: Object.fromEntries(params) };
  }
  throw new ApiError("route-not-found");
}

function bodyOf(bytes: Uint8Array, { capture }: Route) {
  if (bytes.length === 0) return { body: {}, captured: [] };
  const scanned = scanJson(bytes, capture);
  if (!scanned.ok) {
    throw new ApiError("request-invalid", { detail: `${scanned.fault} at byte ${scanned.at}.` });
  }
  const decoder = new TextDecoder();
  let text = "";
  let from = 0;
  for (const [ordinal, { start, end }] of scanned.captured.entries()) {
    text += decoder.decode(bytes.subarray(from, start)) + ordinal;
    from = end;
  }
  const body: unknown = JSON.parse(text + decoder.decode(bytes.subarray(from)));
  return { body, captured: scanned.captured.map(({ start, end }) => bytes.slice(start, end)) };
}
