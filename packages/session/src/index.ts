export {
  ClusterError,
  type CallOptions,
  type CallSignal,
  type ClusterClient,
  type ClusterErrorCode,
  type ClusterHealth,
  type ClusterStatus,
  type Consistency,
  type Coord,
  type Executed,
  type MemberHealth,
  type MemberStatus,
} from "./cluster-client.ts";
export { type ClusterClientParts, createClusterClient } from "./create-cluster-client.ts";
export { operationBytesMax } from "./waiting-calls.ts";
