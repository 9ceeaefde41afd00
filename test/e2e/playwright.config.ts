import { defineConfig } from "@playwright/test";

/** Real processes and a browser on two shared cores. */
const testMsMax = 240_000;
/** A replica that was killed is back after two seconds; beside thirty other programs it takes twenty. */
const expectMsMax = 60_000;

const chromium = process.env["QUORATE_CHROMIUM"] ?? "";

/** One browser, one cluster, one test after the other. */
export default defineConfig({
  testDir: ".",
  testMatch: "**/*.e2e.ts",
  outputDir: "../../.quorate/test/e2e",
  workers: 1,
  retries: 0,
  timeout: testMsMax,
  expect: { timeout: expectMsMax },
  reporter: "list",
  use: {
    browserName: "chromium",
    launchOptions: {
      executablePath: chromium === "" ? "/usr/bin/chromium" : chromium,
      // In containers Chromium has neither a sandbox of its own nor enough shared memory.
      args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
    },
    viewport: { width: 1280, height: 900 },
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
  },
});
