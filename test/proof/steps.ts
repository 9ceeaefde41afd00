import type { ProofStep } from "./step.ts";
import { absence } from "./steps/absence.ts";
import { bitFlips } from "./steps/bit-flips.ts";
import { clusterKills } from "./steps/cluster-kills.ts";
import { conformance } from "./steps/conformance.ts";
import { freezes } from "./steps/freezes.ts";
import { fuzz } from "./steps/fuzz.ts";
import { gateways } from "./steps/gateways.ts";
import { kills } from "./steps/kills.ts";
import { largeDisk } from "./steps/large-disk.ts";
import { lostDisks } from "./steps/lost-disks.ts";
import { mutants } from "./steps/mutants.ts";
import { simulator } from "./steps/simulate.ts";
import { worker } from "./steps/worker.ts";

/** All steps. What one leaves of its time goes to the next; the last takes all that is left. */
export const proofSteps: readonly ProofStep[] = [
  conformance,
  fuzz,
  kills,
  clusterKills,
  gateways,
  worker,
  freezes,
  bitFlips,
  lostDisks,
  largeDisk,
  absence,
  mutants,
  simulator,
];
