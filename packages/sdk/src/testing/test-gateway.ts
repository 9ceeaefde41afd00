/** A gateway without a network: a `fetch` that the queues of a test answer. */
import { ApiError, dequeue, type Route } from "@quorate/contract";
import { sha256 } from "@quorate/prelude/testing";
import { type Answer, checkedBody, problemAnswer, type Serve, serveRoutes } from "@quorate/rest";
import { dequeueSome, type TestQueues } from "./test-dequeue.ts";
import { testCallOf, type TestRequest, testRequestOf } from "./test-request.ts";
import { webText } from "./web-text.ts";

/** A route that is served. */
interface Served {
  readonly route: Route;
  readonly pattern: RegExp;
  readonly answer: (
    request: TestRequest,
    params: Readonly<Record<string, string>>,
  ) => Promise<Answer> | Answer;
}

/** The `fetch` of a client whose gateway this is. */
export function testFetch(queues: TestQueues): typeof fetch {
  const served = routesOf(queues);
  let requests = 0;
  return async (input, init = {}) => {
    requests += 1;
    const requestId = `test-${requests}`;
    // A gateway answers in a later turn, too.
    await Promise.resolve();
    init.signal?.throwIfAborted();
    try {
      const request = await testRequestOf(input, init, requestId);
      return responseOf(await answerOf(served, request), requestId);
    } catch (error) {
      if (error instanceof ApiError) return responseOf(problemAnswer(error, requestId), requestId);
      throw error;
    }
  };
}

async function answerOf(served: readonly Served[], request: TestRequest): Promise<Answer> {
  for (const { route, pattern, answer } of served) {
    const found = route.method === request.method ? pattern.exec(request.url.pathname) : null;
    if (found === null) continue;
    const params = Object.entries(found.groups ?? {}).map(([name, value]) => {
      return [name, decodeURIComponent(value)] as const;
    });
    return await answer(request, Object.fromEntries(params));
  }
  throw new ApiError("route-not-found");
}

/** Nobody counts for a test what its clients do. */
const nothingSeen = { enqueued: 0, dequeued: 0, settled: 0, redelivered: 0, consumers: 0 };

function routesOf(queues: TestQueues): readonly Served[] {
  const { machine } = queues;
  const host = { sha256, text: webText, nowMs: () => machine.nowMs(), seenOf: () => nothingSeen };
  const served: Served[] = [];
  const add = (route: Route, answer: Served["answer"]) => {
    const pattern = new RegExp(`^${route.path.replaceAll(/:(\w+)/g, "(?<$1>[^/]+)")}$`);
    served.push({ route, pattern, answer });
  };
  const serve: Serve = (route, converse, converseRaw) => {
    add(route, (request, params) => {
      const call = testCallOf(route, request, params);
      const { contentType, bytes } = call;
      if (contentType !== null && converseRaw !== undefined) {
        return machine.hold(converseRaw({ ...call, body: null, captured: [], contentType }));
      }
      return machine.hold(converse({ ...call, ...checkedBody(route, bytes, webText) }));
    });
  };
  serveRoutes(serve, host);
  add(dequeue, (request, params) => {
    const call = testCallOf(dequeue, request, params);
    const body = checkedBody(dequeue, request.bytes, webText);
    return dequeueSome({ ...queues, host }, { ...call, ...body }, request.signal);
  });
  return served;
}

function responseOf({ status, body, headers, contentType }: Answer, requestId: string): Response {
  const type = body === null ? {} : { "content-type": contentType ?? "application/json" };
  return new Response(body === null || typeof body === "string" ? body : joined(body), {
    status,
    headers: { ...headers, ...type, "x-request-id": requestId },
  });
}

/** The text of the pieces. */
function joined(pieces: readonly (string | Uint8Array)[]): string {
  return pieces
    .map((piece) => (typeof piece === "string" ? piece : webText.decode(piece, 0, piece.length)))
    .join("");
}
