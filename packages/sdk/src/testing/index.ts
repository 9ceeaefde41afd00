export { ManualTimers } from "./manual-timers.ts";
export { TestCluster, type TestClusterOptions } from "./test-cluster.ts";
