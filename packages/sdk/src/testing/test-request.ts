/** A request to the gateway of a test. */
import { ApiError, queueActions, parseScopes, type Route } from "@quorate/contract";
import { hexEncode, utf8Encode } from "@quorate/prelude";
import { sha256 } from "@quorate/prelude/testing";
import {
  bodyKindOf,
  type Call,
  checkedQuery,
  refuseBadName,
  type RequestHead,
} from "@quorate/rest";

/** A request with the bytes of its body. */
export interface TestRequest {
  readonly requestId: string;
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
  readonly signal: AbortSignal | null;
}

/** The request that `fetch` was called with. */
export async function testRequestOf(
  input: string | URL | Request,
  init: RequestInit,
  requestId: string,
): Promise<TestRequest> {
  const url = new URL(input instanceof Request ? input.url : input);
  const { body = null, signal = null } = init;
  const method = (init.method ?? "GET").toLowerCase();
  const headers = new Headers(init.headers);
  // Most bodies are a text, and are there at once.
  const sent = new Response(typeof body === "string" ? null : body);
  const bytes = typeof body === "string" ? utf8Encode(body) : await bytesOf(sent);
  const type =
    typeof body === "string" ? "text/plain;charset=UTF-8" : sent.headers.get("content-type");
  if (!headers.has("content-type") && type !== null) headers.set("content-type", type);
  return { requestId, method, url, headers: Object.fromEntries(headers), bytes, signal };
}

async function bytesOf(sent: Response): Promise<Uint8Array> {
  return sent.body === null ? new Uint8Array(0) : new Uint8Array(await sent.arrayBuffer());
}

/** Everybody may do everything, and each token is somebody else, whom it does not show. */
function callerOf({ headers }: TestRequest) {
  const token = utf8Encode(headers["authorization"] ?? "");
  return { id: `https://quorate.test\n${hexEncode(sha256(token)).slice(0, 16)}`, scopes };
}

const scopes = parseScopes(queueActions.map((action) => `${action}:*`).join(" "));

/** What is known of a call before its body is read. */
export interface TestCall<Q> extends Omit<Call<unknown, Q>, "body" | "captured"> {
  /** Of a body that is to be taken as it is; null of JSON. */
  readonly contentType: string | null;
}

/** The call of a request to this route. Throws ApiError. */
export function testCallOf<Q>(
  route: Route<unknown, Q>,
  sent: TestRequest,
  params: Readonly<Record<string, string>>,
): TestCall<Q> {
  const { requestId, method, url, headers, bytes } = sent;
  const { queue = null } = params;
  const request = { method, url: url.pathname + url.search, headers };
  const contentType = rawTypeOf(route, request, bytes.length);
  refuseBadName(queue);
  const query = checkedQuery(route.query, url.searchParams);
  const principal = callerOf(sent);
  return { requestId, principal, queue: queue ?? "", params, query, bytes, request, contentType };
}

function rawTypeOf(route: Route, request: RequestHead, bytes: number): string | null {
  if (route.body === null && bytes > 0) throw new ApiError("request-invalid");
  const type = bodyKindOf(request, bytes);
  if (type.kind !== "raw") return null;
  if (route.takesRawBody) return type.contentType;
  throw new ApiError("unsupported-media-type");
}
