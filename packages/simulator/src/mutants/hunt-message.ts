/** What the program that hunts one mutant tells the one that started it. */
export type HuntMessage =
  /** A seed begins. */
  | { readonly kind: "began"; readonly seed: number }
  /** A run failed: the mutant is found, or a run without it is not clean. */
  | {
      readonly kind: "failed";
      readonly seed: number;
      readonly checker: string;
      readonly message: string;
    }
  /** Every seed passed. */
  | { readonly kind: "passed" };

/** `mutated`: with the bug. `clean`: the same runs without it. */
export type HuntMode = "mutated" | "clean";
