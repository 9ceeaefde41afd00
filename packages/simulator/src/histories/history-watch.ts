/** Records what clients are told in a run, and judges it when the run is over. */
import { Prng } from "@quorate/prelude";
import type { ClusterClient } from "@quorate/session";
import { administratedQueues } from "../workload/administrated-queues.ts";
import { HistoryClients, historyQueues } from "../workload/history-clients.ts";
import type { World } from "../world/world.ts";
import { checkAnswers } from "./answers.ts";
import { checkContract } from "./contract.ts";
import type { ExecutedLog } from "./executed-log.ts";
import { checkFates } from "./fates.ts";
import { checkRealTimeOrder } from "./history-order.ts";
import { callOf, queueModel } from "./history-queue-model.ts";
import { History } from "./histories.ts";
import { checkLinearizability } from "./linearizability.ts";
import type { GatewayAccount } from "../lying-gateway/gateway-account.ts";
import { Violation } from "../checkers/violation.ts";

/** Every so many seeds have history clients: they cost events, and a search at the end. */
const searchedSeedsOneIn = 4;
/** Model steps for each queue: a second or two at most. More is undecided. */
const stepsMax = 50_000;

export interface HistoryWatchParts {
  readonly world: World;
  readonly seed: number;
  readonly clients: readonly ClusterClient[];
  /** How many times longer than usual the history clients rest between calls. */
  readonly restScale: number;
  /** What the cluster executes, in runs that look at it. */
  readonly executed: ExecutedLog | null;
  /** What a gateway that lies has asked for, in runs that have one. */
  readonly account: GatewayAccount | null;
}

export class HistoryWatch {
  /** The gateways' clients, recording. */
  readonly clients: readonly ClusterClient[];
  /** Whether the search gave up on this run's history. Set by `check`. */
  isUndecided = false;
  private readonly history: History;
  private readonly own: HistoryClients | null;
  private readonly parts: HistoryWatchParts;

  constructor(parts: HistoryWatchParts) {
    const { world, seed, clients, restScale } = parts;
    this.parts = parts;
    this.history = new History(() => world.nowMicros);
    this.clients = clients.map((client, index) => this.history.recording(client, index));
    const isSearched = seed % searchedSeedsOneIn === 0;
    this.own = isSearched ? new HistoryClients(world, this.clients, restScale) : null;
  }

  begin(onFailure: (error: unknown) => void): void {
    this.own?.begin(new Prng(this.parts.seed).fork(), onFailure);
  }

  finish(): void {
    this.own?.finish();
  }

  get isDone(): boolean {
    return this.own?.isDone ?? true;
  }

  /**
   * Throws Violation. Cheap for the order in real time; a search where there are own clients; a
   * comparison with the contract where it is known what was executed.
   */
  check(): void {
    checkRealTimeOrder(this.history);
    const { executed, account } = this.parts;
    if (executed !== null) {
      account?.check(executed);
      const isForeign = (asked: Uint8Array): boolean => account?.isOwn(asked) ?? false;
      checkAnswers(executed, this.history, isForeign);
      checkFates(executed, this.history, administratedQueues);
      checkContract(executed, this.history);
    }
    if (this.own === null) return;
    const calls = this.history.callsOn(historyQueues).map(callOf);
    const result = checkLinearizability(queueModel, calls, stepsMax);
    this.isUndecided = result === "undecided";
    if (result === "violated") {
      throw new Violation("linearizability", `no order explains ${calls.length} calls`);
    }
  }
}
