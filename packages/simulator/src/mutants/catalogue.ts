/** Every mutant, by what it breaks. */
import { checkpointMutants } from "./checkpoint-mutants.ts";
import { gatewayMutants } from "./gateway-mutants.ts";
import { lostDiskMutants } from "./lost-disk-mutants.ts";
import type { Mutant } from "./mutant.ts";
import { nackMutants } from "./nack-mutants.ts";
import { normalMutants } from "./normal-mutants.ts";
import { promiseMutants } from "./promise-mutants.ts";
import { queueMutants } from "./queue-mutants.ts";
import { quorumMutants } from "./quorum-mutants.ts";
import { repairMutants } from "./repair-mutants.ts";
import { restartMutants } from "./restart-mutants.ts";
import { sessionMutants } from "./session-mutants.ts";
import { transferMutants } from "./transfer-mutants.ts";
import { trustMutants } from "./trust-mutants.ts";
import { viewChangeMutants } from "./view-change-mutants.ts";

export const mutants: readonly Mutant[] = [
  ...quorumMutants,
  ...normalMutants,
  ...viewChangeMutants,
  ...nackMutants,
  ...promiseMutants,
  ...repairMutants,
  ...restartMutants,
  ...checkpointMutants,
  ...transferMutants,
  ...lostDiskMutants,
  ...sessionMutants,
  ...trustMutants,
  ...queueMutants,
  ...gatewayMutants,
];

/** Throws RangeError if there is none of that name. */
export function mutantNamed(name: string): Mutant {
  const mutant = mutants.find((each) => each.name === name);
  if (mutant === undefined) throw new RangeError(`no mutant is named ${name}`);
  return mutant;
}
