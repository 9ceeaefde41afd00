/** What each route answers, in every case: successes by their schema, problems by their codes. */
import { type ErrorCode, errors } from "./errors.ts";
import { type JsonObject, schemaOf } from "./openapi-schema.ts";
import { Problem, problemType } from "./problem.ts";
import { commonErrors, type Reply, type Route } from "./route.ts";

/** Responses by status; a status can be a success of a route and a problem too (`/readyz`, 503). */
export function responsesOf(route: Route, schemas: Map<string, JsonObject>): JsonObject {
  const codes = codesByStatus(route);
  const statuses = new Set([...Object.keys(route.replies), ...codes.keys()]);
  return Object.fromEntries(
    [...statuses].toSorted().map((status) => {
      const reply = route.replies[Number(status)];
      const both = { reply, codes: codes.get(status) ?? [] };
      return [status, responseOf(both, { status: Number(status), schemas })];
    }),
  );
}

function codesByStatus(route: Route): ReadonlyMap<string, readonly ErrorCode[]> {
  const byStatus = new Map<string, ErrorCode[]>();
  for (const code of [...commonErrors(route), ...route.errors]) {
    const status = String(errors[code].status);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return byStatus;
}

function responseOf(
  { reply, codes }: { readonly reply: Reply | undefined; readonly codes: readonly ErrorCode[] },
  at: { readonly status: number; readonly schemas: Map<string, JsonObject> },
): JsonObject {
  const { status, schemas } = at;
  const hasSuccess = reply !== undefined;
  const names = [...(reply?.headers ?? []), ...(codes.length === 0 ? [] : problemHeaders(status))];
  // What only one of two kinds of answer has cannot be promised of both.
  const isPromised = (name: string): boolean =>
    !sometimes.has(name) && (!hasSuccess || codes.length === 0);
  const headers = names.map((name) => [name, headerOf(isPromised(name))]);
  const content = {
    ...(hasSuccess ? contentOf(reply, schemas) : {}),
    ...(codes.length === 0 ? {} : problemContent(codes, schemas)),
  };
  return {
    description: [...(hasSuccess ? [reply.description] : []), ...codes].join(", "),
    headers: { "X-Request-Id": headerOf(true), ...Object.fromEntries(headers) },
    ...(Object.keys(content).length === 0 ? {} : { content }),
  };
}

/** Headers that depend on more than the status. */
const sometimes = new Set(["Idempotency-Replayed"]);

function headerOf(required: boolean): JsonObject {
  return { required, schema: { type: "string" } };
}

function problemHeaders(status: number): readonly string[] {
  if (status === 401 || status === 403) return ["WWW-Authenticate"];
  return status === 429 || status === 503 || status === 504 ? ["Retry-After"] : [];
}

function contentOf(reply: Reply, schemas: Map<string, JsonObject>): JsonObject {
  if (reply.schema === null) return {};
  const schema = schemaOf(reply.schema, "output", schemas);
  return { [reply.contentType ?? "application/json"]: { schema } };
}

/** A problem whose code is one of those that the route has for this status. */
function problemContent(codes: readonly ErrorCode[], schemas: Map<string, JsonObject>): JsonObject {
  const problem = schemaOf(Problem, "output", schemas);
  const schema = { ...problem, properties: { code: { enum: codes } } };
  return { [problemType]: { schema } };
}
