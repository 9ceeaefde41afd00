/** All clients of a run: who works, reads, is searched, and administers. */
import type { Deliveries } from "../histories/deliveries.ts";
import type { HistoryWatch } from "../histories/history-watch.ts";
import type { SwarmOptions } from "../run/swarm.ts";
import type { World } from "../world/world.ts";
import { Administrators } from "./administrators.ts";
import { Readers } from "./readers.ts";
import { Workload } from "./workload.ts";

export interface ClientsParts {
  readonly world: World;
  readonly swarm: SwarmOptions;
  readonly deliveries: Deliveries;
  /** Has clients of its own, too, and watches all of them. */
  readonly histories: HistoryWatch;
  readonly onFailure: (error: unknown) => void;
}

export class Clients {
  private readonly parts: ClientsParts;
  private readonly workload: Workload;
  private readonly readers: Readers;
  /** Null in most runs. */
  private readonly administrators: Administrators | null;

  constructor(parts: ClientsParts) {
    const { world, swarm, deliveries, histories, onFailure } = parts;
    this.parts = parts;
    const common = { world, clients: histories.clients, restScale: swarm.restScale, onFailure };
    this.workload = new Workload({
      ...common,
      deliveries,
      prng: world.prng.fork(),
      burstMax: swarm.burstMax,
    });
    this.readers = new Readers({
      ...common,
      prng: world.prng.fork(),
      readersPerGateway: swarm.readersPerGateway,
    });
    const isAdministrated = swarm.administrators > 0;
    this.administrators = isAdministrated
      ? new Administrators({
          ...common,
          prng: world.prng.fork(),
          restScale: swarm.historyRestScale,
        })
      : null;
  }

  /** Operations that were answered. */
  get operations(): number {
    return this.workload.operationsAnswered + (this.administrators?.operationsAnswered ?? 0);
  }

  get isDone(): boolean {
    const { workload, administrators } = this;
    return workload.isDone && this.parts.histories.isDone && (administrators?.isDone ?? true);
  }

  begin(): void {
    const { swarm, histories, onFailure } = this.parts;
    this.workload.begin(swarm.gatewayCount * swarm.workersPerGateway);
    this.readers.begin();
    histories.begin(onFailure);
    this.administrators?.begin(swarm.administrators);
  }

  /** They finish what they have begun. */
  finish(): void {
    this.workload.finish();
    this.readers.finish();
    this.parts.histories.finish();
    this.administrators?.finish();
  }
}
