/** Strikes: faults that come at one instant, when a member says something. */
import type { Prng } from "@quorate/prelude";
import type { Command } from "@quorate/protocol";

/**
 * What a strike does. `mute` and `deafen` cut one direction; with `whisper` one other member still
 * hears; `part` cuts the one who speaks and another off from each other. A member that is `desert`ed
 * is dead to the others and to some gateways; it and the rest of these do not notice. What is `clog`ged leaves late and all at once, with `lag` it arrives so.
 */
export const harmKinds = [
  "crash",
  "lose-disk",
  "rot",
  "pause",
  "mute",
  "deafen",
  "isolate",
  "clog",
  "lag",
  "whisper",
  "part",
  "desert",
] as const;
export type HarmKind = (typeof harmKinds)[number];

/** To whom: to the member that says it, to the one that it is for, or to the acting primary. */
export type Harm = HarmKind | `${HarmKind} receiver` | `${HarmKind} primary`;

/**
 * One time in so many that a member says this to the others, the harms come, all of them. Links are
 * cut before the message leaves, the rest comes after it has left.
 */
export interface Strike {
  readonly at: Command;
  readonly oneIn: number;
  readonly harms: readonly Harm[];
  /** Only while some member is an acting primary; otherwise at any time. */
  readonly isLed?: true;
}

const strikesMax = 2;
/** Probability that a run has any. */
const strikesChance = 0.25;

/** What is said seldom decides much: there a strike is likely. What is said always, seldom. */
const moments: readonly { readonly at: Command; readonly low: number; readonly high: number }[] = [
  { at: "startViewChange", low: 2, high: 12 },
  { at: "doViewChange", low: 1, high: 8 },
  { at: "startView", low: 1, high: 6 },
  { at: "viewProof", low: 2, high: 12 },
  { at: "recovery", low: 2, high: 12 },
  { at: "getState", low: 2, high: 8 },
  { at: "newState", low: 2, high: 8 },
  { at: "entries", low: 2, high: 16 },
  { at: "blocks", low: 2, high: 16 },
  { at: "checkpoint", low: 5, high: 50 },
  { at: "checkpointCertificate", low: 5, high: 50 },
  { at: "readmission", low: 2, high: 8 },
  { at: "readmitted", low: 1, high: 4 },
  { at: "prepare", low: 50, high: 500 },
  { at: "prepareOk", low: 50, high: 500 },
  { at: "commitOk", low: 20, high: 200 },
];

/** Harms that only three members and more can make good. */
const harmsOfThree: ReadonlySet<HarmKind> = new Set(["lose-disk", "rot"]);

/** The strikes of a run: mostly none. */
export function drawStrikes(prng: Prng, replicaCount: number): readonly Strike[] {
  const isDrawn = prng.chance(strikesChance);
  const count = prng.between(1, strikesMax);
  const drawn = Array.from({ length: count }, () => drawStrike(prng.fork(), replicaCount));
  return isDrawn && replicaCount > 1 ? drawn : [];
}

function drawStrike(prng: Prng, replicaCount: number): Strike {
  const { at, low, high } = prng.pick(moments);
  const kinds = harmKinds.filter((kind) => replicaCount >= 3 || !harmsOfThree.has(kind));
  const [first, second] = prng.shuffle(kinds).map((kind) => ofWhom(kind, prng));
  const isDouble = prng.chance(0.4);
  const harms = [first, isDouble ? second : undefined].filter((harm) => harm !== undefined);
  const strike = { at, oneIn: prng.between(low, high), harms };
  return prng.chance(0.3) ? { ...strike, isLed: true } : strike;
}

function ofWhom(kind: HarmKind, prng: Prng): Harm {
  return prng.pick<Harm>([kind, kind, `${kind} receiver`, `${kind} primary`]);
}

/** Whether a cluster of so many members can bear what the strike does. */
export function isBearable({ harms }: Strike, replicaCount: number): boolean {
  return replicaCount >= 3 || harms.every((harm) => !harmsOfThree.has(kindOfHarm(harm)));
}

export function kindOfHarm(harm: Harm): HarmKind {
  return harmKinds.find((kind) => harm === kind || harm.startsWith(`${kind} `)) ?? "crash";
}

/** How a strike is told. */
export function textOfStrike({ at, harms }: Strike): string {
  return `${harms.join(" and ")} at ${at}`;
}
