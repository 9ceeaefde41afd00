import type { SimCluster } from "../cluster/sim-cluster.ts";
import type { World } from "../world/world.ts";

/** Where faults happen. */
export interface FaultPlace {
  readonly world: World;
  readonly cluster: SimCluster;
}
