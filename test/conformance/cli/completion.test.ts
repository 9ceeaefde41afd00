/** What a shell offers after TAB: asked in the way of each shell, by that shell itself. */
import { execFile, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { repositoryFolder } from "../../tidy/repository-files.ts";
import { type CliStage, startCliStage } from "./stage.ts";

let stage: CliStage;
let binFolder: string;

beforeAll(async () => {
  stage = await startCliStage();
  await stage.run("queue create orders");
  writeFileSync(join(stage.folder, "order one.json"), "1");
  binFolder = join(stage.folder, "bin");
  mkdirSync(binFolder);
  const program = join(repositoryFolder, "apps/cli/bin/quorate.mjs");
  const file = join(binFolder, "quorate");
  writeFileSync(file, `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`);
  chmodSync(file, 0o755);
});
afterAll(() => stage.stop());

function hasShell(name: string): boolean {
  const isThere = spawnSync(name, ["--version"]).status === 0;
  if (!isThere) console.warn(`skipped: there is no ${name} on this machine`);
  return isThere;
}

/** What the shell prints, called in the folder that knows the gateway, with `quorate` on its path. */
function printedBy(shell: string, ...args: readonly string[]): Promise<string> {
  const path = [binFolder, dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter);
  const home = { HOME: stage.folder, XDG_CONFIG_HOME: join(stage.folder, "config") };
  const options = { cwd: stage.folder, env: { ...process.env, ...home, PATH: path, TERM: "dumb" } };
  return new Promise((resolve, reject) => {
    execFile(shell, args, options, (error, out, talk) => {
      if (error === null) resolve(out);
      else reject(new Error(`${shell} has failed: ${talk}${out}`, { cause: error }));
    });
  });
}

test("completion offers commands, options, choices and queues that begin so", async () => {
  const offered = async (...words: readonly string[]) => {
    const { out } = await stage.run("complete --", ...words);
    return out.trim().split("\n");
  };
  expect(await offered("qu")).toEqual(["queue"]);
  expect(await offered("queue", "s")).toEqual(["show", "stats", "set"]);
  expect(await offered("send", "ord")).toEqual(["orders"]);
  expect(await offered("send", "orders", "--pri")).toEqual(["--priority"]);
  expect(await offered("-o", "nd")).toEqual(["ndjson"]);
  expect(await offered("top", "--sort", "o")).toEqual(["out", "oldest"]);
  expect(await offered("completion", "")).toEqual(["bash", "zsh", "fish"]);
  expect(await offered("queue", "ls", "or")).toEqual([""]);
  expect(await offered("compl")).toEqual(["completion"]);
});

test("each shell gets a script of its own", async () => {
  for (const shell of ["bash", "zsh", "fish"]) {
    const { code, out } = await stage.run(`completion ${shell}`);
    expect(code).toBe(0);
    expect(out).toContain("quorate complete --");
  }
  expect((await stage.run("completion tcsh")).code).toBe(2);
});

test("bash completes a queue's name", async () => {
  const script = `
    source <(quorate completion bash)
    COMP_WORDS=(quorate send ord) COMP_CWORD=2
    _quorate
    printf '%s\n' "\${COMPREPLY[@]}"`;
  expect(await printedBy("bash", "-c", script)).toBe("orders\n");
});

test.skipIf(!hasShell("fish"))("fish completes names, options and files", async () => {
  const offers = [
    ["quorate send ord", "orders"],
    ["quorate send ", "orders"],
    ["quorate send orders --pri", "--priority"],
    ["quorate send orders @ord", "@order one.json"],
    ["quorate queue apply -f ord", "order one.json"],
  ] as const;
  const asked = offers.map(([line]) => `complete -C ${JSON.stringify(line)}`);
  const script = ["quorate completion fish | source", ...asked].join("; ");
  const offered = (await printedBy("fish", "--no-config", "-c", script)).trim().split("\n");
  expect(offered).toEqual(offers.map(([, word]) => word));
});

/**
 * Types lines into an interactive zsh, in a terminal that another zsh makes; `quorate` prints its
 * words there. Answers what was printed for each line.
 */
async function typedInto(setUp: string, lines: readonly string[]): Promise<readonly string[]> {
  const show = `quorate() { [[ $1 == complete ]] && command quorate "$@" || print -rl -- "[\${(j:|:)@}]" }`;
  const script = [
    "zmodload zsh/zpty",
    "zpty inner zsh -f -i",
    `zpty -w inner ${quoted(`PS1=; ${setUp}; ${show}`)}`,
    ...lines.map((line) => `zpty -w inner ${quoted(line)}`),
    "zpty -w inner exit",
    'while zpty -r inner printed; do print -rn -- "$printed"; done',
  ];
  const printed = await printedBy("zsh", "-f", "-c", script.join("\n"));
  return [...printed.matchAll(/^\[(.*)\]\r?$/gm)].map(([, words = ""]) => words);
}

function quoted(text: string): string {
  return `$'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

test.skipIf(!hasShell("zsh"))("zsh completes names, options, choices and files", async () => {
  const lines = [
    "quorate send ord\t",
    "quorate queue gro\tor\t--st\tloc\t",
    "quorate send orders @ord\t",
    "quorate queue apply -f ord\t",
  ];
  const expected = [
    "send|orders",
    "queue|groups|orders|--state|locked",
    "send|orders|@order one.json",
    "queue|apply|-f|order one.json",
  ];
  expect(await typedInto("source <(quorate completion zsh)", lines)).toEqual(expected);
  const functions = join(stage.folder, "functions");
  mkdirSync(functions);
  const { out } = await stage.run("completion zsh");
  writeFileSync(join(functions, "_quorate"), out);
  const found = `fpath=(${functions} $fpath); autoload -Uz compinit; compinit -u -D`;
  expect(await typedInto(found, lines.slice(0, 1))).toEqual(expected.slice(0, 1));
});
