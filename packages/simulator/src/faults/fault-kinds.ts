/** What can go wrong by the clock. Each kind is drawn, dropped and counted by its name. */
export const timedFaultKinds = [
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
  "absence",
  "lost-disk",
  "old-disk",
] as const;
export type TimedFaultKind = (typeof timedFaultKinds)[number];

/**
 * All that can go wrong: a strike comes when a member says something (see `strike-kinds`), a lie of
 * the gateway whose key was stolen comes by the clock, and after the others have ended.
 */
export const faultKinds = [...timedFaultKinds, "strike", "gateway-lie"] as const;
export type FaultKind = (typeof faultKinds)[number];
/** Kinds that come by a clock of their own. */
export type RatedFaultKind = TimedFaultKind | "gateway-lie";

/** One fault of a run: its kind and, from 1 on, its number among those of its kind. */
export type FaultName = `${FaultKind}#${number}`;

/** The fault that a text names; null when it names none. */
export function faultNamed(text: string): FaultName | null {
  const [, kind, number] = /^([a-z-]+)#([1-9]\d{0,8})$/.exec(text) ?? [];
  const known = faultKinds.find((each) => each === kind);
  return known === undefined ? null : `${known}#${Number(number)}`;
}

/** The kind of a fault. */
export function kindOf(name: FaultName): FaultKind {
  return faultKinds.find((kind) => name.startsWith(`${kind}#`)) ?? "crash";
}

/** Mean time between two faults of each kind that a run has, in microseconds. */
export type FaultRates = Readonly<Partial<Record<RatedFaultKind, number>>>;
