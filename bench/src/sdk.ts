/** The SDK: many calls of `enqueue` at once, and a worker that empties a full queue. */
import { type EnqueueResult, Quorate } from "@quorate/sdk";
import type { Measurement } from "./measurement.ts";
import { percentile } from "./percentile.ts";

/** Calls of `enqueue` that wait for their answer at any moment. */
const callers = 500;

/** As in the other measurements: until then V8 compiles much. */
const warmUpMs = 8_000;

/** Messages that the worker handles, for each second of measuring. */
const messagesPerSecond = 2_000;

const concurrency = 200;

/** A body of 256 bytes, quotes included. */
const body = "x".repeat(254);

/** See the file. The client works in this process. */
export const sdk: Measurement = {
  name: "sdk",
  what: `the SDK: ${callers} calls of enqueue at once, then a worker that handles ${concurrency} at once`,
  async measure({ apiUrl, tokens }, { seconds }) {
    const queue = new Quorate({ url: apiUrl, token: tokens.admin }).queue<string>("bench-sdk");
    await queue.put();
    await enqueueFor(() => queue.enqueue(body), warmUpMs);
    const enqueued = await enqueueFor(() => queue.enqueue(body), seconds * 1000);
    await queue.purge(["ready"]);
    const messages = messagesPerSecond * seconds;
    await queue.enqueueMany(Array.from({ length: messages }, () => ({ body })));
    const begin = performance.now();
    await new Promise<void>((resolve, reject) => {
      let handled = 0;
      const count = () => {
        handled += 1;
        if (handled === messages) resolve(worker.close());
      };
      const worker = queue.worker(count, { concurrency, onError: reject });
    });
    const handledPerSecond = messages / ((performance.now() - begin) / 1000);
    return {
      figures: [
        { name: "enqueue, messages", value: enqueued.perSecond, unit: "/s" },
        { name: "enqueue, call p50", value: enqueued.callMsP50, unit: "ms" },
        { name: "worker, messages", value: handledPerSecond, unit: "/s" },
      ],
      cpuMicros: {},
    };
  },
};

/** Keeps so many calls under way for so long. */
async function enqueueFor(
  call: () => Promise<EnqueueResult>,
  lastsMs: number,
): Promise<{ readonly perSecond: number; readonly callMsP50: number }> {
  const begin = performance.now();
  const callsMs: number[] = [];
  const work = async () => {
    while (performance.now() - begin < lastsMs) {
      const calledMs = performance.now();
      await call();
      callsMs.push(performance.now() - calledMs);
    }
  };
  await Promise.all(Array.from({ length: callers }, work));
  const seconds = (performance.now() - begin) / 1000;
  return { perSecond: callsMs.length / seconds, callMsP50: percentile(callsMs, 0.5) };
}
