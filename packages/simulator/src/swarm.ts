/** Which faults a run has, and how often: drawn from its seed, so that runs differ in kind. */
import type { Prng } from "@quorate/prelude";
import type { CryptoKind } from "./sim-crypto.ts";
import { calmNetwork, type NetworkFaults } from "./sim-network.ts";

export interface SwarmOptions {
  readonly replicaCount: 1 | 2 | 3 | 5;
  readonly gatewayCount: number;
  readonly workersPerGateway: number;
  /** Calls that a producer makes at the same moment, at most. */
  readonly burstMax: number;
  readonly crypto: CryptoKind;
  readonly network: NetworkFaults;
  /** Mean time between two faults of each kind, in microseconds; null: never. */
  readonly crashMeanMicros: number | null;
  readonly partitionMeanMicros: number | null;
  readonly pauseMeanMicros: number | null;
  readonly blackoutMeanMicros: number | null;
  /** Members stay down this long on average. */
  readonly downMeanMicros: number;
  /** One member's clock is off by this. */
  readonly skewMicros: number;
  /** Mean flush time of each member. */
  readonly flushMeanMicros: readonly number[];
  /** Bits that rot on one member's disk, at its crashes. */
  readonly rotChance: number;
  readonly preparesInFlightMax: number;
  readonly heartbeatTicks: number;
  readonly pipelineMax: number;
  readonly checkpointOps: number;
  /** Length of the phase in which anything may go wrong. */
  readonly safetyMicros: number;
}

const second = 1_000_000;

export function drawSwarm(prng: Prng): SwarmOptions {
  const replicaCount = prng.pick([1, 2, 3, 3, 3, 3, 5, 5] as const);
  const sometimes = (probability: number, low: number, high: number): number | null =>
    prng.chance(probability) ? prng.between(low, high) : null;
  const pipelineMax = prng.pick([4, 8, 64]);
  return {
    replicaCount,
    gatewayCount: prng.between(1, 2),
    workersPerGateway: prng.between(2, 4),
    burstMax: prng.between(1, 8),
    crypto: "keyed",
    network: prng.chance(0.2) ? calmNetwork : drawNetwork(prng),
    crashMeanMicros: sometimes(0.75, second / 3, 4 * second),
    partitionMeanMicros: sometimes(0.5, second, 4 * second),
    pauseMeanMicros: sometimes(0.3, second, 6 * second),
    blackoutMeanMicros: sometimes(0.3, 4 * second, 12 * second),
    downMeanMicros: prng.between(second / 20, 3 * second),
    skewMicros: prng.chance(0.3) ? prng.between(-1_500_000, 1_500_000) : 0,
    flushMeanMicros: Array.from({ length: replicaCount }, () => prng.pick([200, 500, 500, 8_000])),
    rotChance: prng.chance(0.3) ? 0.5 : 0,
    preparesInFlightMax: prng.pick([1, 2, 8]),
    heartbeatTicks: prng.pick([5, 10, 20]),
    pipelineMax,
    checkpointOps: prng.pick([64, 128, 1_024]),
    safetyMicros: prng.between(5 * second, 15 * second),
  };
}

function drawNetwork(prng: Prng): NetworkFaults {
  return {
    delayMinMicros: prng.between(20, 500),
    delayMeanMicros: prng.between(50, 8_000),
    loss: prng.chance(0.5) ? prng.fraction() * 0.2 : 0,
    duplication: prng.chance(0.3) ? prng.fraction() * 0.3 : 0,
    reordering: prng.chance(0.3) ? prng.fraction() * 0.3 : 0,
  };
}
