/** A gateway without a network: a `fetch` that the queues of a test answer. */
import { ApiError, isQueueName } from "@quorate/contract";
import type { Timers } from "../timers.ts";
import { problemAnswer } from "./test-answer.ts";
import { removeMessage, showGroups, showMessage, showMessages } from "./test-browse.ts";
import { type TestCall, testCallOf } from "./test-call.ts";
import { dequeueSome, extendAll, settleLease, settleMany } from "./test-delivery.ts";
import { enqueueMany, enqueueOne } from "./test-enqueue.ts";
import type { TestMachine } from "./test-machine.ts";
import { get, list, purgeStates, put, remove, setPause } from "./test-queues.ts";
import { cancelTask, redriveSome, showTask } from "./test-redrive.ts";

/** What answers. */
export interface TestGatewayParts {
  readonly machine: TestMachine;
  readonly timers: Timers;
}

type Handle = (parts: TestGatewayParts, call: TestCall) => Response | Promise<Response>;

/** The routes that it serves, by name. */
const handlers: Readonly<Record<string, Handle>> = {
  enqueue: ({ machine }, call) => enqueueOne(machine, call),
  enqueueBatch: ({ machine }, call) => enqueueMany(machine, call),
  dequeue: dequeueSome,
  settle: ({ machine }, call) => settleMany(machine, call),
  ackLease: ({ machine }, call) => settleLease(machine, call, "ack"),
  nackLease: ({ machine }, call) => settleLease(machine, call, "nack"),
  releaseLease: ({ machine }, call) => settleLease(machine, call, "release"),
  rejectLease: ({ machine }, call) => settleLease(machine, call, "reject"),
  extendLease: ({ machine }, call) => settleLease(machine, call, "extend"),
  extendDequeue: ({ machine }, call) => extendAll(machine, call),
  putQueue: ({ machine }, call) => put(machine, call),
  getQueue: ({ machine }, call) => get(machine, call),
  listQueues: ({ machine }, call) => list(machine, call),
  deleteQueue: ({ machine }, call) => remove(machine, call),
  purgeQueue: ({ machine }, call) => purgeStates(machine, call),
  redrive: ({ machine }, call) => redriveSome(machine, call),
  getTask: ({ machine }, call) => showTask(machine, call),
  cancelTask: ({ machine }, call) => cancelTask(machine, call),
  pauseQueue: ({ machine }, call) => setPause(machine, call, true),
  resumeQueue: ({ machine }, call) => setPause(machine, call, false),
  listMessages: ({ machine }, call) => showMessages(machine, call),
  getMessage: ({ machine }, call) => showMessage(machine, call),
  deleteMessage: ({ machine }, call) => removeMessage(machine, call),
  listGroups: ({ machine }, call) => showGroups(machine, call),
};

/** The `fetch` of a client whose gateway this is. */
export function testFetch(parts: TestGatewayParts): typeof fetch {
  let requests = 0;
  return async (input, init = {}) => {
    requests += 1;
    const requestId = `test-${requests}`;
    // A gateway answers in a later turn, too.
    await Promise.resolve();
    init.signal?.throwIfAborted();
    try {
      const url = new URL(input instanceof Request ? input.url : input);
      const call = testCallOf(url, init, requestId);
      const handle = handlers[call.route.id];
      if (handle === undefined) throw new ApiError("route-not-found");
      const { queue } = call.params;
      if (queue !== undefined && !isQueueName(queue)) throw new ApiError("request-invalid");
      return await handle(parts, call);
    } catch (error) {
      if (error instanceof ApiError) return problemAnswer(error, requestId);
      throw error;
    }
  };
}
