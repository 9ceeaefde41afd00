import { expect, test } from "vitest";
import { Quorate } from "./quorate.ts";
import { scriptedFetch } from "./testing/scripted-fetch.ts";

function queueOf() {
  const { fetch, asked } = scriptedFetch("silence");
  return { queue: new Quorate({ url: "http://gateway.test", fetch }).queue<number>("q"), asked };
}

test("an abort ends the taking from a source that never gives more", async () => {
  const { queue } = queueOf();
  const caller = new AbortController();
  let isReturned = false;
  const source = {
    given: 0,
    [Symbol.asyncIterator]() {
      return this;
    },
    next(): Promise<IteratorResult<{ body: number }>> {
      if (this.given++ === 0) return Promise.resolve({ value: { body: 1 }, done: false });
      caller.abort();
      return new Promise(() => {});
    },
    return(): Promise<IteratorResult<{ body: number }>> {
      isReturned = true;
      return new Promise(() => {});
    },
  };
  const results = await queue.enqueueMany(source, { signal: caller.signal });
  expect(results).toMatchObject([{ ok: false, error: { code: "aborted" } }]);
  expect(isReturned).toBe(true);
});

test("after an abort nothing more is taken from a list, however long it is", async () => {
  const { queue, asked } = queueOf();
  const caller = new AbortController();
  const endless = (function* () {
    for (let body = 0; ; body++) {
      if (body === 10) caller.abort();
      yield { body };
    }
  })();
  const results = await queue.enqueueMany(endless, { signal: caller.signal });
  expect(results).toHaveLength(10);
  expect(asked).toEqual([]);
});
