import type { ProofStep } from "./step.ts";
import { clusterKills } from "./steps/cluster-kills.ts";
import { freezes } from "./steps/freezes.ts";
import { kills } from "./steps/kills.ts";
import { simulator } from "./steps/simulate.ts";

/** All steps. The last one takes whatever time the others left. */
export const proofSteps: readonly ProofStep[] = [kills, clusterKills, freezes, simulator];
