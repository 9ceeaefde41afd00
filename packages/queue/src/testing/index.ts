export { ClusterOfOne } from "./cluster-of-one.ts";
export { modelListing } from "./model-listing.ts";
export type { ModelQueue } from "./model-queue.ts";
export { normalized } from "./normalized.ts";
export { QueueModel } from "./queue-model.ts";
export { RandomOperations } from "./random-operation.ts";
