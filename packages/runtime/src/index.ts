export { WrongClockError } from "./clock-of-new-disk.ts";
export { heapOptionsFor } from "./heap-options.ts";
export { MovedFolderError, NotThisMemberError } from "./open-member.ts";
export {
  createReplicaHost,
  type FatalReason,
  type HostParts,
  type ReplicaHost,
} from "./replica-host.ts";
