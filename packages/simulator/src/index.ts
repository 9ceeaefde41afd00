export { type RunOptions, type RunResult, runSeed, type Verdict } from "./run-seed.ts";
export { drawSwarm, type SwarmOptions } from "./swarm.ts";
