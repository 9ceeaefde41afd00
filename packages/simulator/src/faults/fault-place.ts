import type { SimCluster } from "../sim-cluster.ts";
import type { World } from "../world.ts";

/** Where faults happen. */
export interface FaultPlace {
  readonly world: World;
  readonly cluster: SimCluster;
}
