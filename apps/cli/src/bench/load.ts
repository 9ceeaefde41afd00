/** A small load: some connections send, one receives and acknowledges until all has come back. */
import { dequeueMessagesMax } from "@quorate/contract";
import { type Quorate, UnavailableError } from "@quorate/sdk";
import type { Ledger } from "./ledger.ts";
import { type Figures, Stopwatch } from "./stopwatch.ts";

/** What the load is. */
export interface Load {
  readonly queue: string;
  /** Messages per second; null: as many as there is room for. */
  readonly rate: number | null;
  /** Bytes of a body. */
  readonly size: number;
  readonly durationMs: number;
  /** Calls that send at the same time. */
  readonly connections: number;
}

/** A load that is given an account of its messages, too. */
export interface LoadRun extends Load {
  readonly ledger: Ledger;
}

/** What it came to. */
export interface LoadFigures {
  readonly enqueue: Figures;
  readonly dequeue: Figures;
}

/** What the load needs of the outside. */
export interface LoadHost {
  readonly client: Quorate;
  /** Ends the load early. */
  readonly signal: AbortSignal;
  readonly pause: (ms: number) => Promise<void>;
  /** Told the time that is over, in ms. */
  readonly onProgress: (tookMs: number) => void;
}

/** After the last message was sent, what is left has this long to come back, in ms. */
const drainMsMax = 10_000;

/** A dequeue of an empty queue waits so long, in ms: short, since the end of the load is seen after. */
const emptyWaitMs = 200;

/** A call that is refused because there is too much to do waits this long, in ms. */
const refusedPauseMs = 50;

/** Runs the load. Throws a QuorateError where going on makes no sense. */
export async function runLoad(load: LoadRun, host: LoadHost): Promise<LoadFigures> {
  const beganMs = performance.now();
  const isSending = () => !host.signal.aborted && performance.now() - beganMs < load.durationMs;
  const run = {
    ...load,
    ...host,
    beganMs,
    isSending,
    sent: new Stopwatch(),
    taken: new Stopwatch(),
    begun: 0,
  };
  let sendingMs = 0;
  const sending = Promise.all(Array.from({ length: load.connections }, () => send(run))).then(
    () => (sendingMs = performance.now() - beganMs),
  );
  await Promise.all([sending, receive(run, () => sendingMs > 0)]);
  const tookMs = performance.now() - beganMs;
  return {
    enqueue: run.sent.figures(sendingMs),
    dequeue: run.taken.figures(tookMs),
  };
}

interface Run extends LoadRun, LoadHost {
  readonly beganMs: number;
  readonly isSending: () => boolean;
  readonly sent: Stopwatch;
  readonly taken: Stopwatch;
  /** Messages whose turn was given out. */
  begun: number;
}

async function send(run: Run): Promise<void> {
  const { queue, size, signal, sent, client, ledger } = run;
  const quotesBytes = 2;
  while (run.isSending()) {
    await waitForTurn(run);
    if (!run.isSending()) return;
    run.onProgress(Math.round(performance.now() - run.beganMs));
    const number = ledger.nextNumber();
    const body = ledger.bodyOf(number, size - quotesBytes);
    await unlessBusy(run, async () => {
      await sent.time(
        () => client.request("enqueue", { params: { queue }, body: { body }, signal }),
        () => 1,
      );
      ledger.wasSent(number);
    });
  }
}

/** Waits until as much time is over as the messages before this one may take. */
async function waitForTurn(run: Run): Promise<void> {
  const { rate, beganMs, pause } = run;
  if (rate === null) return;
  const turnMs = beganMs + (run.begun / rate) * 1000;
  run.begun += 1;
  for (;;) {
    const aheadMs = turnMs - performance.now();
    if (aheadMs <= 0 || !run.isSending()) return;
    await pause(aheadMs);
  }
}

async function receive(run: Run, isAllSent: () => boolean): Promise<void> {
  let drainEndsMs = Infinity;
  while (!run.signal.aborted && performance.now() < drainEndsMs) {
    if (isAllSent()) {
      if (run.ledger.owed === 0) return;
      drainEndsMs = Math.min(drainEndsMs, performance.now() + drainMsMax);
    }
    await unlessBusy(run, () =>
      run.taken.time(
        () => takeSome(run),
        (count) => count,
      ),
    );
  }
}

/** One dequeue and the acknowledgement of what came; answers how many that were. */
async function takeSome({ client, queue, signal, ledger }: Run): Promise<number> {
  const taken = await client.request("dequeue", {
    params: { queue },
    body: { max: dequeueMessagesMax, waitMs: emptyWaitMs, dequeueId: crypto.randomUUID() },
    signal,
  });
  const settlements = taken.body.messages.map(({ leaseId }) => {
    return { leaseId: leaseId ?? "", action: "ack" as const };
  });
  if (settlements.length === 0) return 0;
  const settled = await client.request("settle", {
    params: { queue },
    body: { settlements },
    signal,
  });
  for (const [index, result] of settled.body.results.entries()) {
    if ("problem" in result) continue;
    ledger.cameBack(taken.body.messages[index]?.body);
  }
  return settled.body.summary.ok;
}

/** A call that came at a bad moment is counted and made good by the next; others end the load. */
async function unlessBusy(run: Run, call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (run.signal.aborted) return;
    if (!(error instanceof UnavailableError)) throw error;
    await run.pause(refusedPauseMs);
  }
}
