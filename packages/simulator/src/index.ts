export { type RunOptions, type RunResult, runSeed, type Verdict } from "./run/run-seed.ts";
export { drawSwarm, type SwarmOptions } from "./run/swarm.ts";
