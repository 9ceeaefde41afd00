/** Which faults a run has, and how often: drawn from its seed, so that runs differ in kind. */
import type { Prng } from "@quorate/prelude";
import { quorumOf } from "@quorate/vsr";
import {
  type FaultName,
  type FaultRates,
  type RatedFaultKind,
  type TimedFaultKind,
  timedFaultKinds,
} from "../faults/fault-kinds.ts";
import { drawStrikes, isBearable, type Strike } from "../faults/strike-kinds.ts";
import type { CryptoKind } from "../crypto/sim-crypto.ts";
import { calmNetwork, type NetworkFaults } from "../network/sim-network.ts";

/** Members that a simulated cluster may have. */
export const replicaCounts = [1, 2, 3, 5] as const;

export interface SwarmOptions {
  readonly replicaCount: (typeof replicaCounts)[number];
  readonly gatewayCount: number;
  readonly workersPerGateway: number;
  /** Clients of each gateway that only read. */
  readonly readersPerGateway: number;
  /** Clients that do everything a queue allows: few, and none in most runs. */
  readonly administrators: number;
  /** Calls that a producer makes at the same moment, at most. */
  readonly burstMax: number;
  readonly crypto: CryptoKind;
  readonly network: NetworkFaults;
  readonly faults: FaultRates;
  /** Faults that come when a member says something. */
  readonly strikes: readonly Strike[];
  /** Of the faults that come, only these happen; null: all. */
  readonly keptFaults: readonly FaultName[] | null;
  /** When all else is healed, members that stay away until the others have finished; at most. */
  readonly absentMax: number;
  /** Members stay down this long on average. */
  readonly downMeanMicros: number;
  /** A member that is absent stays away this long on average. */
  readonly absenceMeanMicros: number;
  /** One member's clock is off by this. */
  readonly skewMicros: number;
  /** Mean flush time of each member. */
  readonly flushMeanMicros: readonly number[];
  readonly preparesInFlightMax: number;
  readonly heartbeatTicks: number;
  readonly pipelineMax: number;
  readonly checkpointOps: number;
  /** Length of the phase in which anything may go wrong. */
  readonly safetyMicros: number;
  /** Workers rest this many times longer than in a pressed run. */
  readonly restScale: number;
  /**
   * The same of the clients whose history is searched, which takes so many calls, not more, and of
   * administrators, who do as much in minutes as in a pressed run.
   */
  readonly historyRestScale: number;
}

const second = 1_000_000;

/**
 * One run in so many is lived: as clusters spend their days, with little to do and long times
 * between faults. The others are pressed: seconds in which everything happens at once.
 */
const livedOneIn = 6;
/** A lived run is this many times longer than a pressed one, and its faults are as much rarer. */
const livedScaleMin = 60;
const livedScaleMax = 180;
const livedRestScaleMin = 4;
const livedRestScaleMax = 20;

/** One run in so many has administrators: they cost operations, and a comparison at the end. */
const administratedOneIn = 4;

/** One run in so many has a gateway that lies, in a pressed one so often. */
const lyingGatewayOneIn = 5;
const gatewayLieMicrosMin = second / 50;
const gatewayLieMicrosMax = second / 2;

/** One pressed run in so many signs and verifies by ed25519: ten times slower. */
const realCryptoOneIn = 20;

/** Where one member can be spared, one run in so many goes on without some in the end. */
const sparedOneIn = 3;

/** What was thought of later is drawn last, so that all else stays as it was drawn. */
export function drawSwarm(prng: Prng): SwarmOptions {
  const drawn = drawKind(prng);
  const absentMax = drawAbsentMax(prng.fork(), drawn.replicaCount);
  return withLyingGateway({ ...drawn, absentMax }, prng.fork());
}

function drawAbsentMax(prng: Prng, replicaCount: number): number {
  const spared = replicaCount - quorumOf(replicaCount);
  return spared > 0 && prng.below(sparedOneIn) === 0 ? prng.between(1, spared) : 0;
}

/** Pressed or lived, and how it is signed. */
function drawKind(prng: Prng): SwarmOptions {
  const pressed = drawPressed(prng);
  if (prng.below(livedOneIn) === 0) return lived(pressed, prng);
  return prng.below(realCryptoOneIn) === 0 ? { ...pressed, crypto: "real" } : pressed;
}

function withLyingGateway(drawn: SwarmOptions, prng: Prng): SwarmOptions {
  if (prng.below(lyingGatewayOneIn) !== 0) return drawn;
  const meanMicros =
    prng.between(gatewayLieMicrosMin, gatewayLieMicrosMax) * drawn.historyRestScale;
  return { ...drawn, faults: { ...drawn.faults, "gateway-lie": meanMicros } };
}

/** The same cluster with the same faults, which take as many minutes as they took seconds. */
function lived(pressed: SwarmOptions, prng: Prng): SwarmOptions {
  const scale = prng.between(livedScaleMin, livedScaleMax);
  const faults = Object.fromEntries(
    Object.entries(pressed.faults).map(([kind, meanMicros]) => [kind, meanMicros * scale]),
  );
  return {
    ...pressed,
    faults,
    downMeanMicros: pressed.downMeanMicros * prng.pick([1, 1, scale / 4]),
    absenceMeanMicros: pressed.absenceMeanMicros * scale,
    safetyMicros: pressed.safetyMicros * scale,
    restScale: prng.between(livedRestScaleMin, livedRestScaleMax),
    historyRestScale: scale,
  };
}

/** A run of seconds in which everything happens at once. */
export function drawPressed(prng: Prng): SwarmOptions {
  const replicaCount = prng.pick([1, 2, 3, 3, 3, 3, 5, 5] as const);
  const pipelineMax = prng.pick([4, 8, 64]);
  return {
    replicaCount,
    gatewayCount: prng.between(1, 2),
    workersPerGateway: prng.between(2, 4),
    readersPerGateway: prng.pick([0, 0, 1, 2]),
    burstMax: prng.between(1, 8),
    crypto: "keyed",
    network: prng.chance(0.2) ? calmNetwork : drawNetwork(prng),
    ...drawTrouble(prng.fork(), replicaCount),
    keptFaults: null,
    absentMax: 0,
    downMeanMicros: prng.between(second / 20, 3 * second),
    absenceMeanMicros: prng.between(second, 6 * second),
    skewMicros: prng.chance(0.3) ? prng.between(-1_500_000, 1_500_000) : 0,
    flushMeanMicros: Array.from({ length: replicaCount }, () => prng.pick([200, 500, 500, 8_000])),
    preparesInFlightMax: prng.pick([1, 2, 8]),
    heartbeatTicks: prng.pick([5, 10, 20]),
    pipelineMax,
    checkpointOps: prng.pick([8, 8, 16, 16, 64, 1_024]),
    safetyMicros: prng.between(5 * second, 15 * second),
    restScale: 1,
    historyRestScale: 1,
  };
}

/** What a seed draws, with some of it replaced; faults are replaced kind by kind. */
export function withOverrides(drawn: SwarmOptions, overrides: Partial<SwarmOptions>): SwarmOptions {
  const options = { ...drawn, ...overrides };
  const faults: Partial<Record<RatedFaultKind, number>> = { ...drawn.faults, ...overrides.faults };
  if (options.replicaCount < 3) for (const kind of kindsOfThree) delete faults[kind];
  const strikes = options.strikes.filter((strike) => isBearable(strike, options.replicaCount));
  return { ...options, faults, strikes };
}

interface FaultOdds {
  /** Probability that a run has faults of this kind. */
  readonly chance: number;
  /** Mean time between two of them is drawn from this range, in seconds. */
  readonly low: number;
  readonly high: number;
}

const odds: Readonly<Record<TimedFaultKind, FaultOdds>> = {
  crash: { chance: 0.5, low: 0.3, high: 4 },
  "point-crash": { chance: 0.4, low: 0.2, high: 3 },
  blackout: { chance: 0.2, low: 3, high: 12 },
  flap: { chance: 0.2, low: 1, high: 5 },
  pause: { chance: 0.2, low: 1, high: 6 },
  partition: { chance: 0.3, low: 1, high: 5 },
  ring: { chance: 0.15, low: 1, high: 5 },
  clog: { chance: 0.2, low: 0.5, high: 4 },
  "half-open": { chance: 0.2, low: 0.5, high: 4 },
  "gateway-cut": { chance: 0.15, low: 2, high: 8 },
  rot: { chance: 0.25, low: 0.2, high: 3 },
  "fsync-error": { chance: 0.15, low: 1, high: 8 },
  "disk-full": { chance: 0.15, low: 2, high: 8 },
  "slow-disk": { chance: 0.2, low: 1, high: 6 },
  "clock-jump": { chance: 0.15, low: 1, high: 6 },
  liar: { chance: 0.2, low: 0.02, high: 0.5 },
  absence: { chance: 0.35, low: 0.5, high: 5 },
  "lost-disk": { chance: 0.25, low: 0.5, high: 6 },
  "old-disk": { chance: 0.2, low: 0.5, high: 6 },
};

/** Only the others can make good what one member lost or tells: that takes three members. */
const kindsOfThree: readonly TimedFaultKind[] = ["rot", "liar", "ring", "lost-disk", "old-disk"];

/** What was thought of later is drawn of its own chance, so that all else stays as it was drawn. */
function drawTrouble(
  prng: Prng,
  replicaCount: number,
): Pick<SwarmOptions, "faults" | "strikes" | "administrators"> {
  const faults = drawFaults(prng, replicaCount);
  const strikes = drawStrikes(prng.fork(), replicaCount);
  return { faults, strikes, administrators: drawAdministrators(prng.fork()) };
}

function drawAdministrators(prng: Prng): number {
  return prng.below(administratedOneIn) === 0 ? prng.between(2, 4) : 0;
}

function drawFaults(prng: Prng, replicaCount: number): FaultRates {
  const rates: Partial<Record<TimedFaultKind, number>> = {};
  for (const kind of timedFaultKinds) {
    const { chance, low, high } = odds[kind];
    // Of its own chance, so that a kind which is added changes no other.
    const own = prng.fork();
    const isDrawn = own.chance(chance);
    const meanMicros = own.between(low * second, high * second);
    if (isDrawn && (replicaCount >= 3 || !kindsOfThree.includes(kind))) rates[kind] = meanMicros;
  }
  return rates;
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
