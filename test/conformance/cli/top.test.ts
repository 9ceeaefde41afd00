/** Live queues on the command line. */
import { stripVTControlCharacters } from "node:util";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type CliStage, startCliStage } from "./stage.ts";

let stage: CliStage;
beforeAll(async () => {
  stage = await startCliStage();
  await stage.run("queue create few");
  await stage.run("queue create many");
  await stage.run("queue create none");
  await stage.run("send few 1 --count 2");
  await stage.run("send many 1 --count 5");
  await stage.run("queue pause many receive");
});
afterAll(() => stage.stop());
afterEach(() => stage.gateway.cluster.failWith(null));

const person = { person: [], environment: { isColorless: true } };

test("one look is the API's list in the order asked for, or a table of it", async () => {
  const names = async (words: string) => (await stage.run(`top --once ${words} -o id`)).out;
  expect(await names("--sort ready")).toBe("many\nfew\nnone\n");
  expect(await names("--sort name")).toBe("few\nmany\nnone\n");
  expect(await names("--prefix f")).toBe("few\n");
  expect((await stage.run("top --once")).json()).toMatchObject({
    queues: [{ name: "many", stats: { ready: 5 } }, { name: "few" }, { name: "none" }],
    coord: { epoch: 0 },
  });
  const { out } = await stage.run("top --once", person);
  expect(out).toMatch(/^dev {2}3 queues\n/);
  expect(out).toMatch(/^all +7 +0 +0 /m);
  expect(out).toMatch(/^many +5 .* paused /m);
  expect((await stage.run("top --sort size")).code).toBe(2);
});

test("it is drawn in place until Ctrl-C; into a pipe goes a line of JSON for each look", async () => {
  let pauses = 0;
  const onPause = () => (pauses += 1) < 3;
  const watched = await stage.run("top", { ...person, onPause });
  expect(watched.code).toBe(130);
  expect(watched.out.split("\u001b[H")).toHaveLength(4);
  pauses = 0;
  const piped = await stage.run("top -o ndjson", { onPause });
  const lines = piped.out.trim().split("\n");
  expect(lines).toHaveLength(3);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ queues: [{ name: "many" }, {}, {}] });
});

test("while nobody answers the last figures stay, grey, with their age, and then go on", async () => {
  let pauses = 0;
  let nowMs = 1000;
  const onPause = () => {
    pauses += 1;
    nowMs += 7000;
    stage.gateway.cluster.failWith(pauses === 1 ? "no-quorum" : null);
    return pauses < 3;
  };
  const { out } = await stage.run("top", { person: [], nowMs: () => nowMs, onPause });
  const grey = "\u001b[90mmany ";
  const [, first = "", second = "", third = ""] = out.split("\u001b[H");
  expect(second).toContain("This is 7 s old.");
  expect(stripVTControlCharacters(second)).toContain("many");
  expect(second).toContain(grey);
  for (const current of [first, third]) {
    expect(current).not.toContain("old.");
    expect(current).not.toContain(grey);
  }
});

test("one queue is watched in the same way", async () => {
  let pauses = 0;
  const onPause = () => {
    pauses += 1;
    stage.gateway.cluster.failWith("no-quorum");
    return pauses < 2;
  };
  const { out, code } = await stage.run("queue stats few --watch", { person: [], onPause });
  expect(code).toBe(130);
  const [, first = "", second = ""] = out.split("\u001b[H");
  expect(stripVTControlCharacters(first)).toMatch(/^ready +2$/m);
  expect(second).toContain("old.");
  expect(second).toMatch(/90mready +2/);
  pauses = 0;
  stage.gateway.cluster.failWith(null);
  const piped = await stage.run("queue stats few --watch -o ndjson", { onPause: () => false });
  expect(JSON.parse(piped.out)).toMatchObject({ name: "few", stats: { ready: 2 } });
});

test("a token that may not read what it asks for ends it with 4", async () => {
  const { code } = await stage.run("top", { environment: { token: "no.token.atall" } });
  expect(code).toBe(4);
});
