/** Queues of the administrators: messages are redriven from each to the other. */
export const administratedQueues = ["letters", "parcels"] as const;
