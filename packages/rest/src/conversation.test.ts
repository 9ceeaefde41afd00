import { ApiError } from "@quorate/contract";
import { beforeEach, describe, expect, it } from "vitest";
import { TestRoutes, textOf } from "./testing/test-routes.ts";

let routes: TestRoutes;
beforeEach(() => {
  routes = new TestRoutes();
  routes.send("putQueue", { body: "{}" });
});

describe("a conversation", () => {
  it("asks the cluster once for one message, and tells its answer", () => {
    const { answer, steps } = routes.send("enqueue", { body: '{"body":{"id":1}}' });
    expect(steps.map(({ type }) => type)).toEqual(["execute"]);
    expect(answer).toMatchObject({ status: 201, counts: { enqueued: 1 } });
    expect(JSON.parse(textOf(answer))).toMatchObject({
      seq: 1,
      duplicate: false,
      coord: { op: 2 },
    });
  });

  it("asks for the same bytes whenever the request is the same", () => {
    const sent = { body: '{"body":[1, 2],"groupId":"g","dedupId":"d"}' };
    const again = new TestRoutes();
    again.send("putQueue", { body: "{}" });
    const first = routes.send("enqueue", sent);
    expect(again.send("enqueue", sent)).toEqual(first);
  });

  it.each([
    ["nothing that names it", {}, '{"body":1}', false],
    ["a dedup id", {}, '{"body":1,"dedupId":"d"}', true],
    ["an Idempotency-Key", { "idempotency-key": '"k"' }, '{"body":1}', true],
  ])("says whether a message with %s may be sent again", (_what, headers, body, isRepeatable) => {
    const { steps } = routes.send("enqueue", { headers, body });
    expect(steps).toMatchObject([{ how: { isRepeatable } }]);
  });

  it("asks nothing when the request is refused as it is", () => {
    const conversation = routes.begin("purgeQueue", { body: '{"states":["ready"],"confirm":"x"}' });
    expect(() => conversation.next()).toThrow(ApiError);
  });

  it("ends with what the cluster refuses, in the words of the catalogue", () => {
    const elsewhere = { queue: "nowhere", body: '{"body":1}' };
    expect(() => routes.send("enqueue", elsewhere)).toThrow("There is no such queue");
  });

  it("shows a body as the bytes that it came in", () => {
    const body = '{ "é" : 1.0 , "n":12345678901234567890}';
    routes.send("enqueue", { body: `{"body": ${body} }` });
    expect(textOf(routes.send("listMessages", {}).answer)).toContain(`"body":${body}}`);
  });

  it("goes on where a page has ended, and nowhere else", () => {
    for (let message = 0; message < 3; message++) routes.send("enqueue", { body: '{"body":1}' });
    const page = (cursor: object) => {
      const { answer } = routes.send("listMessages", { query: { limit: "2", ...cursor } });
      return JSON.parse(textOf(answer)) as { messages: { seq: number }[]; cursor?: string };
    };
    const first = page({});
    expect(first.messages.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(page({ cursor: first.cursor }).messages.map(({ seq }) => seq)).toEqual([3]);
    for (const cursor of ["MS4y_", "AAAA", "-", `${first.cursor}AAAA`]) {
      expect(() => page({ cursor })).toThrow("not a cursor");
    }
  });
});
