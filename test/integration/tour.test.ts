/**
 * `docs/tour.md`, as somebody who follows it: every block of shell is run, and the text below a block
 * is what it prints. Starting and stopping are the test's, because a dev cluster may run already here.
 */
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { writeDevFile } from "@quorate/scripts/src/dev-file.ts";
import { repositoryFolder } from "@quorate/scripts/src/places.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { textOf } from "../tidy/repository-files.ts";
import { type Cluster, startCluster } from "./rig/cluster.ts";

/** `npm start` starts a process again after this long. */
const restartMs = 1000;

let cluster: Cluster;
const folder = mkdtempSync(join(tmpdir(), "quorate-tour-"));

beforeAll(async () => {
  cluster = await startCluster();
  for (const { process } of cluster.replicas) process.restartAfter(restartMs);
  mkdirSync(join(folder, ".quorate", "dev"), { recursive: true });
  const { apiUrl, tokens } = cluster;
  writeDevFile(join(folder, ".quorate", "dev", "dev.json"), {
    apiUrl,
    tokens,
    operatorKeyFile: "",
    operatorPassphraseFile: "",
    replicas: cluster.replicas.map((replica, index) => ({
      id: replica.id,
      index,
      pid: replica.process.pid,
      url: "",
      metricsUrl: replica.metricsUrl,
      dataDir: replica.dataFolder,
      log: replica.process.log,
    })),
    api: { pid: cluster.api.pid, log: cluster.api.log },
  });
  // What npx would find in a clone.
  const npx = join(folder, "bin", "npx");
  mkdirSync(dirname(npx));
  const program = join(repositoryFolder, "apps/cli/bin/quorate.mjs");
  writeFileSync(npx, `#!/bin/sh\nshift\nexec "${process.execPath}" "${program}" "$@"\n`);
  chmodSync(npx, 0o755);
});

afterAll(async () => {
  await cluster.stop();
  rmSync(folder, { recursive: true });
});

interface Block {
  readonly language: string;
  readonly text: string;
}

/** The fenced blocks of the page. */
function blocksOf(page: string): readonly Block[] {
  return [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = "", text = ""]) => {
    return { language, text };
  });
}

const startsAndStops = ["npm start -- --detach\n", "npm run stop\n"];

/** Runs a block; what it says goes with what it prints, in the order in which it came. */
function run(shell: string): Promise<{ readonly code: number | null; readonly printed: string }> {
  const bin = [join(folder, "bin"), dirname(process.execPath), process.env["PATH"] ?? ""];
  const child = spawn("bash", ["-euo", "pipefail", "-c", `exec 2>&1\n${shell}`], {
    cwd: folder,
    env: {
      ...process.env,
      PATH: bin.join(delimiter),
      QUORATE_OUTPUT: "table",
      NO_COLOR: "1",
      XDG_CONFIG_HOME: join(folder, "config"),
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  child.stdout.on("data", (chunk: Buffer) => (printed += chunk.toString("utf8")));
  return new Promise((resolve) => {
    child.on("close", (code) => resolve({ code, printed }));
  });
}

/** Whether the text is what the page shows, where `…` and wide space stand for anything. */
function patternOf(shown: string): RegExp {
  const lines = shown.trimEnd().split("\n");
  const patterns = lines.map((line) =>
    line
      .replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")
      .replaceAll(/ *… */g, "…")
      .replaceAll("…", ".*")
      .replaceAll(/ {2,}/g, " +"),
  );
  return new RegExp(`^${patterns.join("\n")}\n$`);
}

// A person's terminal gets tables, and so does this test; but a pipe gets JSON wherever it begins.
test("what goes on into a pipe names its format", () => {
  const piped = textOf("docs/tour.md").match(/npx quorate [^|\n]*\|(?!\|)/g) ?? [];
  expect(piped.length).toBeGreaterThan(0);
  for (const call of piped) expect(call).toContain(" -o ");
});

test("the tour is true from the first block to the last", async () => {
  const blocks = blocksOf(textOf("docs/tour.md"));
  const shells = blocks.filter(({ language }) => language === "sh").map(({ text }) => text);
  expect([shells[0], shells.at(-1)]).toEqual(startsAndStops);
  expect(shells.length).toBeGreaterThan(10);
  for (const [index, { language, text }] of blocks.entries()) {
    if (language !== "sh" || startsAndStops.includes(text)) continue;
    const { code, printed } = await run(text);
    expect(code, `${text}${printed}`).toBe(0);
    const next = blocks[index + 1];
    if (next?.language === "text") expect(printed, text).toMatch(patternOf(next.text));
  }
});
