/** What can go wrong in a run. Each kind is drawn, dropped and counted by its name. */
export const faultKinds = [
  "crash",
  "point-crash",
  "blackout",
  "flap",
  "pause",
  "partition",
  "ring",
  "clog",
  "half-open",
  "gateway-cut",
  "rot",
  "fsync-error",
  "disk-full",
  "slow-disk",
  "clock-jump",
  "liar",
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** Mean time between two faults of each kind that a run has, in microseconds. */
export type FaultRates = Readonly<Partial<Record<FaultKind, number>>>;
