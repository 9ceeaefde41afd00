import { configDefaults, defineConfig } from "vitest/config";

/**
 * A unit or property test that needs longer than this has met a bug. The longest compute for 3 s on a
 * quiet machine; on one with twenty others at work that has been 70 s.
 */
const unitTimeoutMs = 120_000;

/** What is looked for again and again comes within this time, even on a busy machine. */
const pollTimeoutMs = 10_000;

/** Real processes, real disks and 2 shared cores: a cluster may need this long for one story. */
const integrationTimeoutMs = 180_000;

/** A proof run sends a hundred thousand frames and more. */
const fuzzTimeoutMs = 1_800_000;

const exclude = [...configDefaults.exclude, "**/out/**", "**/.next/**"];

/** Packages that only decide: nothing outlives a test in them, so their files share processes. */
const purePackages = [
  "contract",
  "log-format",
  "prelude",
  "proof",
  "protocol",
  "queue",
  "rest",
  "session",
  "vsr",
];
const pureTests = purePackages.map((name) => `packages/${name}/src/**/*.test.ts`);

/**
 * Six programs of tests. `vitest run packages/vsr` finds its files in `pure`, those of other packages
 * are in `unit`; `vitest run --project integration` starts real processes, one file after the other.
 */
export default defineConfig({
  test: {
    // Unless told, Vitest keeps one core for itself, which is half of a machine of two.
    maxWorkers: "100%",
    projects: [
      {
        test: {
          name: "pure",
          include: pureTests,
          exclude,
          isolate: false,
          testTimeout: unitTimeoutMs,
          expect: { poll: { timeout: pollTimeoutMs } },
        },
      },
      {
        test: {
          name: "unit",
          include: [
            "packages/*/src/**/*.test.ts",
            "apps/*/**/*.test.{ts,tsx}",
            "scripts/src/**/*.test.ts",
            "bench/src/**/*.test.ts",
            "test/proof/**/*.test.ts",
          ],
          exclude: [...exclude, ...pureTests],
          testTimeout: unitTimeoutMs,
          expect: { poll: { timeout: pollTimeoutMs } },
        },
      },
      { test: { name: "tidy", include: ["test/tidy/**/*.test.ts"], exclude } },
      {
        test: {
          name: "conformance",
          include: ["test/conformance/**/*.test.ts"],
          exclude,
          testTimeout: integrationTimeoutMs,
          hookTimeout: integrationTimeoutMs,
        },
      },
      {
        test: {
          name: "fuzz",
          include: ["test/fuzz/**/*.test.ts"],
          exclude,
          fileParallelism: false,
          testTimeout: fuzzTimeoutMs,
          hookTimeout: integrationTimeoutMs,
        },
      },
      {
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          exclude,
          fileParallelism: false,
          testTimeout: integrationTimeoutMs,
          hookTimeout: integrationTimeoutMs,
        },
      },
    ],
  },
});
