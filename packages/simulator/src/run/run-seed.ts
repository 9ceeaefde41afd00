/**
 * One run: a safety phase in which anything may go wrong, then a liveness phase, in which everything
 * is healed and must be finished: in some runs first without some members (see `faults/absentees`),
 * who come back when the others have finished.
 */
import { AssertionError, Prng } from "@quorate/prelude";
import { Deliveries } from "../histories/deliveries.ts";
import { HistoryWatch } from "../histories/history-watch.ts";
import { Violation } from "../checkers/violation.ts";
import type { FaultName } from "../faults/fault-kinds.ts";
import { Faults } from "../faults/faults.ts";
import { SimCluster } from "../cluster/sim-cluster.ts";
import type { SimReplica } from "../cluster/sim-replica.ts";
import { drawSwarm, type SwarmOptions } from "./swarm.ts";
import { Trace } from "../world/trace.ts";
import { Clients } from "../workload/clients.ts";
import { World } from "../world/world.ts";

/** How a run ended; failures have the exit codes of the program. */
export type Verdict = "passed" | "crash" | "liveness" | "safety";

export interface RunResult {
  readonly seed: number;
  readonly verdict: Verdict;
  /** The checker or assertion that failed; empty when none did. */
  readonly checker: string;
  readonly message: string;
  readonly traceDigest: string;
  readonly virtualMicros: number;
  readonly events: number;
  readonly operations: number;
  readonly acknowledged: number;
  /** The search through the clients' history gave up: neither good nor bad. */
  readonly isUndecided: boolean;
  /** Names of the evidence by which honest members convict the liar. */
  readonly convictions: readonly string[];
  /** How often each kind of fault happened. */
  readonly faults: ReadonlyMap<string, number>;
  /** The planned faults that happened, in order. */
  readonly happened: readonly FaultName[];
}

/** Virtual time in which a healed cluster must finish everything, and then take back who was away. */
const livenessMicros = 120_000_000;

export interface RunOptions {
  readonly print: ((line: string) => void) | null;
  /** Replaces what the seed would draw. */
  readonly swarm?: SwarmOptions;
}

export async function runSeed(seed: number, options: RunOptions): Promise<RunResult> {
  const world = new World(seed, new Trace(options.print));
  const swarm = options.swarm ?? drawSwarm(new Prng(seed).fork());
  const failures: unknown[] = [];
  const fail = (error: unknown): void => void failures.push(error);
  const cluster = new SimCluster(world, swarm, fail);
  const deliveries = new Deliveries();
  const histories = new HistoryWatch({
    world,
    seed,
    clients: cluster.clients,
    restScale: swarm.historyRestScale,
    executed: cluster.executed,
    account: cluster.lyingGateway?.account ?? null,
  });
  const clients = new Clients({ world, swarm, deliveries, histories, onFailure: fail });
  const faults = new Faults(world, cluster, swarm);
  const hasFailed = (): boolean => failures.length > 0;

  const finish = async (): Promise<void> => {
    const isFinished = (): boolean => clients.isDone && cluster.hasConverged(faults.away);
    const deadlineMicros = world.nowMicros + livenessMicros;
    // Whoever lies goes on while honest clients finish their work.
    await world.run(deadlineMicros, () => hasFailed() || clients.isDone);
    cluster.lyingGateway?.reform();
    await world.run(deadlineMicros, () => hasFailed() || isFinished());
    if (!hasFailed() && !isFinished()) throw new NotFinished(cluster, faults.away);
  };
  const runPhases = async (): Promise<void> => {
    cluster.start();
    clients.begin();
    faults.begin();
    await world.run(swarm.safetyMicros, hasFailed);
    faults.end();
    clients.finish();
    await finish();
    if (!hasFailed() && faults.away.size > 0) {
      faults.bringBack();
      await finish();
    }
    if (hasFailed()) return;
    cluster.assertEqualStates();
    deliveries.assertComplete();
    histories.check();
  };
  await runPhases().catch(fail);
  cluster.dispose();
  return {
    seed,
    ...verdictOf(failures[0]),
    traceDigest: world.trace.digest,
    virtualMicros: world.nowMicros,
    events: world.eventsRun,
    operations: clients.operations,
    acknowledged: deliveries.acknowledged,
    isUndecided: histories.isUndecided,
    convictions: [...cluster.evidence.convictions],
    faults: world.faultCounts,
    happened: faults.happened,
  };
}

class NotFinished extends Error {
  override readonly name = "NotFinished";

  constructor(cluster: SimCluster, away: ReadonlySet<SimReplica>) {
    const states = cluster.members.map((member) =>
      away.has(member) ? `${member.name} away` : stateOf(member),
    );
    super(states.join("; "));
  }
}

function stateOf({ name, replica }: SimReplica): string {
  if (replica === null) return `${name} down`;
  const { view, status, executed, log } = replica;
  const fetching = replica.fetch === null ? "" : ` ${replica.fetch.purpose}`;
  return `${name} ${status}${fetching} view ${view} executed ${executed} head ${log.headOp}`;
}

function verdictOf(failure: unknown): Pick<RunResult, "verdict" | "checker" | "message"> {
  if (failure === undefined) {
    return { verdict: "passed", checker: "", message: "" };
  }
  if (failure instanceof Violation) {
    return { verdict: "safety", checker: failure.checker, message: failure.message };
  }
  if (failure instanceof NotFinished) {
    return { verdict: "liveness", checker: "convergence", message: failure.message };
  }
  const checker = failure instanceof AssertionError ? "assertion" : "crash";
  const message =
    failure instanceof Error ? (failure.stack ?? failure.message) : JSON.stringify(failure);
  return { verdict: "crash", checker, message };
}
