import { stripVTControlCharacters } from "node:util";
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { expect, test } from "vitest";
import { Cli } from "./cli.ts";
import { examplesOf } from "./examples.ts";
import { createProgram } from "./program.ts";
import { silentHost } from "./silent-host.ts";
import { runCli } from "./testing/run-cli.ts";

test("help goes to the data side and ends with 0", async () => {
  const { code, out, talk } = await runCli(["--help"]);
  expect(code).toBe(0);
  expect(out).toContain("Usage: quorate");
  expect(talk).toBe("");
});

test("no line of any help is wider than the terminal, and every command is named with its arguments", async () => {
  const groups = ["", "queue", "message", "dlq", "cluster", "context", "token", "queue apply"];
  for (const group of groups) {
    const words = group === "" ? [] : group.split(" ");
    const { out } = await runCli([...words, "--help"], { person: [], columns: 80 });
    const lines = out.split("\n").filter((line) => !line.startsWith("  quorate "));
    for (const line of lines) expect(stripVTControlCharacters(line).length, line).toBeLessThan(81);
  }
  expect((await runCli(["--help"])).out).toMatch(/^ {2}enqueue\|send <queue> \[body\] {2}send/m);
});

test("a mistyped command ends with 2 and is told what it may have meant", async () => {
  const { code, out, talk } = await runCli(["statsu"]);
  expect(code).toBe(2);
  expect(out).toBe("");
  expect(talk).toContain("Did you mean status?");
});

test("a mistyped option ends with 2 and is told what it may have meant", async () => {
  const { code, talk } = await runCli(["dequeue", "orders", "--leese", "5s"]);
  expect(code).toBe(2);
  expect(talk).toContain("Did you mean --lease?");
});

test("a value that cannot be read names the option and what it takes", async () => {
  const { code, talk } = await runCli(["dequeue", "orders", "--lease", "soon"]);
  expect(code).toBe(2);
  expect(talk).toContain("--lease <duration>");
  expect(talk).toContain("such as 250ms, 30s, 5m");
});

test("what no gateway would take is refused in the words of the command line", async () => {
  for (const [call, expected] of [
    ["dequeue orders --wait 1h", "of at most 30s"],
    ["dequeue orders --lease 100ms", "from 1s to 12h"],
    ["enqueue orders 1 --ttl 500ms", "from 1s to 365d"],
    ["enqueue orders 1 --not-before tomorrow", "a time such as 2026-"],
    ["nack orders l_1 --delay 8d", "of at most 7d"],
    ["token mint --scope read:* --lifetime 13h", "from 1s to 12h"],
  ] as const) {
    const { code, talk } = await runCli(call.split(" "));
    expect([call, code]).toEqual([call, 2]);
    expect(talk, call).toContain(expected);
  }
});

test("--version says what `version` says", async () => {
  const { code, out } = await runCli(["--version"]);
  expect(code).toBe(0);
  expect(out).toBe((await runCli(["version", "-o", "table"])).out);
});

test("options that every command takes may stand before and after its name", async () => {
  const before = await runCli(["-o", "json", "version"]);
  const after = await runCli(["version", "-o", "json"]);
  expect(before.json()).toEqual(after.json());
});

test("--json and -o together are refused", async () => {
  expect((await runCli(["version", "--json", "-o", "table"])).code).toBe(2);
});

test("without a gateway to talk to the way out is named", async () => {
  const { code, talk } = await runCli(["status"]);
  expect(code).toBe(2);
  expect(talk).toContain("QUORATE_URL");
  expect(talk).toContain("quorate context add");
});

test("every command has a description and examples in its help", () => {
  const bare = (command: CommandUnknownOpts): readonly string[] =>
    command.commands.flatMap((each) => {
      const isHelped = each.commands.length > 0 || examplesOf(each).length > 0;
      const isWhole = isHelped && each.description() !== "";
      return [...(isWhole ? [] : [each.name()]), ...bare(each)];
    });
  // The one that shells ask is for nobody else.
  expect(bare(createProgram(new Cli(silentHost)))).toEqual(["complete"]);
});

test("a person gets a table, a pipe gets JSON", async () => {
  expect((await runCli(["version"], { person: [] })).out).toMatch(/^quorate \d/);
  expect((await runCli(["version"])).json()).toMatchObject({ node: process.versions.node });
});

test("the environment may name a format, and the command line goes before it", async () => {
  const table = { environment: { output: "table" } };
  expect((await runCli(["version"], table)).out).toMatch(/^quorate \d/);
  expect((await runCli(["version", "--json"], table)).json()).toHaveProperty("version");
  expect((await runCli(["version"], { environment: { output: "xml" } })).code).toBe(2);
});
