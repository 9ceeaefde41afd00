import { ClusterError, type ClusterClient } from "@quorate/session";
import { encodeQuestion } from "@quorate/queue";
import { expect, test } from "vitest";
import { History } from "./histories.ts";
import { checkRealTimeOrder } from "./history-order.ts";

const question = encodeQuestion({ type: "get-queue", queue: "q" });
const options = { timeoutMs: 1_000, consistency: "linearizable" } as const;
let now = 0;

/** A gateway whose calls take two ticks each and are answered at the op they name. */
function historyOf(): {
  readonly history: History;
  readonly ask: (op: number, isRead: boolean) => Promise<void>;
} {
  const history = new History(() => now);
  let next = 0;
  const answer = async () => {
    now += 2;
    return { bytes: new Uint8Array(0), coord: { epoch: 0, view: 1, op: next } };
  };
  const client = { execute: answer, query: answer } as unknown as ClusterClient;
  const recording = history.recording(client, 0);
  return {
    history,
    ask: async (op, isRead) => {
      next = op;
      now += 1;
      await (isRead ? recording.query(question, options) : recording.execute(question, options));
    },
  };
}

test("answers in the order of the log are in order", async () => {
  const { history, ask } = historyOf();
  await ask(1, false);
  await ask(1, true);
  await ask(2, false);
  expect(() => checkRealTimeOrder(history)).not.toThrow();
});

test("a read older than an answer that was known before it began is found", async () => {
  const { history, ask } = historyOf();
  await ask(5, false);
  await ask(4, true);
  expect(() => checkRealTimeOrder(history)).toThrow(/op 5 was answered/);
});

test("an operation at an op that was answered before it began is found", async () => {
  const { history, ask } = historyOf();
  await ask(5, true);
  await ask(5, false);
  expect(() => checkRealTimeOrder(history)).toThrow(/op 5 was answered/);
});

test("calls that overlap may be answered in any order", async () => {
  const { history, ask } = historyOf();
  const [first, second] = [ask(5, false), ask(4, false)];
  await Promise.all([first, second]);
  expect(() => checkRealTimeOrder(history)).not.toThrow();
});

test("a promise that nothing was executed leaves no call; an unknown outcome does", async () => {
  const history = new History(() => 0);
  const refusing = (code: "no-quorum" | "outcome-unknown"): ClusterClient => {
    const execute = () => Promise.reject(new ClusterError(code, 0));
    return history.recording({ execute } as unknown as ClusterClient, 0);
  };
  for (const code of ["no-quorum", "outcome-unknown"] as const) {
    await expect(refusing(code).execute(question, options)).rejects.toThrow(code);
  }
  expect(history.times).toMatchObject([{ returnAt: Infinity, op: null }]);
});
