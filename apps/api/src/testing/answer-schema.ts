/** Every answer that a test sees has the schema that the contract declares for it. */
import { Problem, problemType, type Route, routes } from "@quorate/contract";

interface Seen {
  readonly status: number;
  readonly headers: Headers;
  readonly json: unknown;
}

/** Throws when the answer is not what the contract says of its route and status. */
export function assertAnswerMatches(method: string, path: string, seen: Seen): void {
  const { status, headers, json } = seen;
  const contentType = headers.get("content-type");
  if (headers.get("x-request-id") === null) throw new Error("an answer has no X-Request-Id");
  if (contentType === problemType) {
    const problem = Problem.parse(json);
    if (problem.status !== status || problem.requestId !== headers.get("x-request-id")) {
      throw new Error(`a problem contradicts its answer: ${JSON.stringify(json)}`);
    }
    return;
  }
  const route = routeOf(method, path);
  if (route === undefined) return;
  const reply = route.replies[status];
  if (reply === undefined) throw new Error(`${route.id} has no reply with the status ${status}`);
  for (const name of reply.headers ?? []) {
    const isSometimes = name === "Idempotency-Replayed";
    if (!isSometimes && headers.get(name) === null) throw new Error(`${route.id} lacks ${name}`);
  }
  if (reply.schema !== null && reply.contentType === undefined) reply.schema.parse(json);
}

function routeOf(method: string, path: string): Route | undefined {
  return routes.find(
    (route) =>
      route.method === method.toLowerCase() &&
      new RegExp(`^${route.path.replaceAll(".", "\\.").replaceAll(/:\w+/g, "[^/]+")}$`).test(path),
  );
}
