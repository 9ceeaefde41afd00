/** What a run keeps of what its seed would draw: how a failure is made smaller, and told. */
import { type FaultName, type FaultRates, kindOf } from "../faults/fault-kinds.ts";
import { calmNetwork } from "../network/sim-network.ts";
import type { SwarmOptions } from "./swarm.ts";

/** Everything that is absent stays as it was drawn. */
export interface Plan {
  readonly members?: SwarmOptions["replicaCount"];
  readonly gateways?: number;
  readonly workers?: number;
  readonly burst?: number;
  readonly administrators?: number;
  /** Members that stay away at the end, at most. */
  readonly absent?: number;
  /** Lies of a gateway in a second of a pressed run, on average; 0: all gateways are honest. */
  readonly gatewayLies?: number;
  /** Length of the safety phase. */
  readonly seconds?: number;
  /** No packet is lost, repeated, late or out of its turn but by a planned fault. */
  readonly isCalm?: boolean;
  /** Of the faults that would come, these happen. */
  readonly faults?: readonly FaultName[];
}

/** The run that the seed would draw, cut down to the plan. */
export function planned(drawn: SwarmOptions, plan: Plan): SwarmOptions {
  const faults = faultsWith(drawn, plan.gatewayLies);
  return {
    ...drawn,
    faults,
    replicaCount: plan.members ?? drawn.replicaCount,
    gatewayCount: plan.gateways ?? drawn.gatewayCount,
    workersPerGateway: plan.workers ?? drawn.workersPerGateway,
    burstMax: plan.burst ?? drawn.burstMax,
    administrators: plan.administrators ?? drawn.administrators,
    absentMax: plan.absent ?? drawn.absentMax,
    safetyMicros: plan.seconds === undefined ? drawn.safetyMicros : plan.seconds * 1_000_000,
    network: plan.isCalm === true ? calmNetwork : drawn.network,
    ...(plan.faults === undefined ? {} : withOnly({ ...drawn, faults }, plan.faults)),
  };
}

function faultsWith(drawn: SwarmOptions, gatewayLies: number | undefined): FaultRates {
  if (gatewayLies === undefined) return drawn.faults;
  const { "gateway-lie": _, ...others } = drawn.faults;
  if (gatewayLies === 0) return others;
  return { ...others, "gateway-lie": (drawn.historyRestScale * 1_000_000) / gatewayLies };
}

/** Kinds without a fault are gone as a whole: a liar that never lies is honest. */
function withOnly(
  { faults, strikes }: SwarmOptions,
  kept: readonly FaultName[],
): Pick<SwarmOptions, "faults" | "strikes" | "keptFaults"> {
  const kinds = new Set<string>(kept.map(kindOf));
  const rates = Object.entries(faults).filter(([kind]) => kinds.has(kind));
  return {
    faults: Object.fromEntries(rates),
    strikes: kinds.has("strike") ? strikes : [],
    keptFaults: kept,
  };
}

/** The options of the command line that ask for the plan. */
export function argumentsOf(plan: Plan): string {
  const words: string[] = [];
  const add = (option: string, value: number | undefined): void => {
    if (value !== undefined) words.push(`--${option} ${value}`);
  };
  add("members", plan.members);
  add("gateways", plan.gateways);
  add("workers", plan.workers);
  add("burst", plan.burst);
  add("administrators", plan.administrators);
  add("absent", plan.absent);
  add("gateway-lies", plan.gatewayLies);
  add("seconds", plan.seconds);
  if (plan.isCalm === true) words.push("--calm");
  if (plan.faults !== undefined) words.push(`--faults ${plan.faults.join() || "none"}`);
  return words.join(" ");
}
