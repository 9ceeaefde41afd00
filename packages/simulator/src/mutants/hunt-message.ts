/** A run that takes longer than this, in real milliseconds, has no end. */
export const seedMsMax = 120_000;

/** How a hunt, or a single run, ended. */
export type HuntEnd =
  /** A run failed: the mutant is found, or a run without it is not clean. */
  | {
      readonly kind: "failed";
      readonly seed: number;
      readonly checker: string;
      readonly message: string;
    }
  /** Every seed passed. */
  | { readonly kind: "passed" };

/** What the program that hunts one mutant tells the one that started it. */
export type HuntMessage = HuntEnd | { readonly kind: "began"; readonly seed: number };

/** `mutated`: with the bug. `clean`: the same runs without it, for whoever compares two traces. */
export type HuntMode = "mutated" | "clean";

/** What a process that runs without any bug is asked for: this mutant's run of this seed. */
export interface CleanRequest {
  readonly name: string;
  readonly seed: number;
}
