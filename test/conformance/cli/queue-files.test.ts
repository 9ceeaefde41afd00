/** Queues as files: exporting their configurations, and applying a file. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CliStage, startCliStage } from "./stage.ts";

let stage: CliStage;
beforeAll(async () => {
  stage = await startCliStage();
});
afterAll(() => stage.stop());

const person = { person: [], environment: { isColorless: true } };

function write(name: string, content: object | string): string {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  writeFileSync(join(stage.folder, name), text);
  return name;
}

test("what is exported can be applied, and then there is nothing to change", async () => {
  for (const words of ["trip.b maxFailures=3", "trip.a onDead=block backoff.factor=2.5"]) {
    await stage.run(`queue create ${words}`);
  }
  await stage.run("send trip.a 1");
  for (const format of ["json", "ndjson"]) {
    const { out } = await stage.run(`queue export --prefix trip. -o ${format}`);
    const applied = await stage.run("queue apply -f - --dry-run", { input: out });
    expect(applied.json()).toEqual({
      queues: [],
      summary: { created: 0, changed: 0, deleted: 0 },
      unchanged: 2,
      dryRun: true,
    });
    expect(applied.code).toBe(0);
  }
});

test("an export holds names and configurations and nothing else, always in the same order", async () => {
  await stage.run("queue create order.b");
  await stage.run("queue create order.a");
  const first = await stage.run("queue export --prefix order.");
  await stage.run("send order.b 1");
  await stage.run("queue pause order.a send");
  expect((await stage.run("queue export --prefix order.")).out).toBe(first.out);
  expect((await stage.run("queue export --prefix order.", person)).out).toBe(first.out);
  const { queues } = first.json() as { queues: readonly object[] };
  expect(queues.map((queue) => Object.keys(queue))).toEqual([
    ["name", "config"],
    ["name", "config"],
  ]);
  expect((await stage.run("queue export --prefix order. -o id")).out).toBe("order.a\norder.b\n");
});

test("a file creates and changes queues; what it does not name stays, and again is nothing", async () => {
  await stage.run("queue create wide.old maxFailures=3 leaseMsDefault=1m backoff.baseMs=2s");
  await stage.run("queue create wide.kept");
  const file = write("wide.json", {
    queues: [
      { name: "wide.new", config: { onDead: "block" } },
      { name: "wide.old", config: { maxFailures: 7, backoff: { factor: 3 } } },
      { name: "wide.kept" },
    ],
  });
  const dry = await stage.run(`queue apply -f ${file} --dry-run`, person);
  expect(dry.code).toBe(1);
  expect(dry.out).toBe(`\
+ wide.new would be created
    onDead  block
~ wide.old would change
    maxFailures     3 → 7
    backoff.factor  2 → 3

It would be: 1 created, 1 changed, 1 queue as wanted already.
`);
  expect((await stage.run("queue show wide.new")).code).toBe(3);
  const applied = await stage.run(`queue apply -f ${file}`);
  expect(applied.code).toBe(0);
  expect(applied.json()).toMatchObject({
    queues: [
      { name: "wide.new", action: "create" },
      { name: "wide.old", action: "change" },
    ],
    summary: { created: 1, changed: 1, deleted: 0 },
    dryRun: false,
  });
  expect((await stage.run("queue show wide.old")).json()).toMatchObject({
    config: { maxFailures: 7, leaseMsDefault: 60_000, backoff: { baseMs: 2000, factor: 3 } },
  });
  const again = await stage.run(`queue apply -f ${file}`, person);
  expect(again).toMatchObject({
    code: 0,
    out: "Nothing to change: 3 queues as wanted already.\n",
  });
});

test("one fault anywhere, and nothing is done: every fault is named by its file and pointer", async () => {
  const file = write("faulty.json", {
    queues: [
      { name: "faulty.new" },
      { name: "faulty.a", config: { maxFailure: 3, maxFailures: 0 } },
      { name: "faulty.b", config: { backoff: { fctor: 2 } } },
    ],
  });
  const { code, talk } = await stage.run(`queue apply -f ${file}`);
  expect(code).toBe(2);
  expect(talk).toContain("faulty.json: /queues/1/config/maxFailure: ");
  expect(talk).toContain("faulty.json: /queues/1/config/maxFailures: ");
  expect(talk).toContain("faulty.json: /queues/2/config/backoff/fctor: ");
  expect((await stage.run("queue show faulty.new")).code).toBe(3);
});

test("what is no list of queues is refused with its place", async () => {
  const said = async (content: object | string) => {
    const { code, talk } = await stage.run("queue apply -f", write("odd.json", content));
    expect([content, code]).toEqual([content, 2]);
    return talk;
  };
  expect(await said("")).toContain("odd.json is no JSON");
  expect(await said('{"queues":[')).toContain("odd.json is no JSON");
  expect(await said("[]")).toContain("odd.json holds no queues");
  expect(await said({ queues: [], kind: "list" })).toContain("odd.json: /kind: unknown field");
  const twice = { queues: [{ name: "twice" }, { name: "twice", stats: {} }, { name: "No!" }, 7] };
  const talk = await said(twice);
  expect(talk).toContain("odd.json: /queues/1/name: twice is there twice");
  expect(talk).toContain("odd.json: /queues/1/stats: unknown field");
  expect(talk).toContain("odd.json: /queues/2/name: expected the name of a queue");
  expect(talk).toContain("odd.json: /queues/3: expected an object");
  const lines = '{"name":"lines.a"}\n\n{"name":"lines.b","config":{"no":1}}\n';
  expect(await said(lines)).toContain("odd.json line 3: /config/no: ");
  expect(await said('{"name":"lines.a"}\n{')).toContain("odd.json line 2: ");
});

test("queues are deleted only by --prune, only empty ones, and only when their number is given", async () => {
  for (const name of ["a", "b", "c"]) await stage.run(`queue create prune.${name}`);
  const file = write("prune.json", { queues: [{ name: "prune.a" }] });
  const words = `queue apply -f ${file} --prune --prefix prune.`;
  expect((await stage.run(`queue apply -f ${file}`)).json()).toMatchObject({ unchanged: 1 });
  await stage.run("send prune.c 1");
  const held = await stage.run(words, "--confirm", "2");
  expect(held.code).toBe(6);
  expect(held.talk).toContain("prune.c holds 1 message");
  await stage.run("receive prune.c --ack");
  expect(await stage.run(words)).toMatchObject({ code: 6, out: "" });
  expect((await stage.run(words, "--confirm", "3")).code).toBe(6);
  const asked = await stage.run(words, { ...person, person: ["2"] });
  expect(asked.code).toBe(0);
  expect(asked.talk).toContain("this deletes 2 queues for good (prune.b, prune.c)");
  expect(asked.out).toContain("2 deleted, 1 queue as wanted already.");
  expect((await stage.run("queue ls --prefix prune. -o id")).out).toBe("prune.a\n");
});

test("a queue that forbids its deletion is not pruned, and then no other is either", async () => {
  await stage.run("queue create safe.a denyDelete=true");
  await stage.run("queue create safe.b");
  const input = '{"queues":[]}';
  const words = "queue apply -f - --prune --prefix safe. --confirm 2";
  const { code, talk } = await stage.run(words, { input });
  expect(code).toBe(6);
  expect(talk).toContain("safe.a has denyDelete");
  expect((await stage.run("queue ls --prefix safe. -o id")).out).toBe("safe.a\nsafe.b\n");
});

test("a limit below what a queue holds is said, and a token that may not manage ends with 4", async () => {
  await stage.run("queue create held");
  await stage.run("send held 1 --count 3");
  const input = '{"name":"held","config":{"maxMessages":2}}';
  const dry = await stage.run("queue apply -f - --dry-run", { input });
  expect(dry.talk).toContain("held holds more than maxMessages would allow");
  const refused = await stage.run("queue apply -f - --as producer", { input });
  expect(refused.code).toBe(4);
  expect(refused.talk).toContain("held: ");
});

test("a queue that somebody changes meanwhile is left as it is, and it is said how far things have come", async () => {
  for (const name of ["a", "b", "c"]) await stage.run(`queue create amid.${name}`);
  const config = { maxFailures: 9 };
  const queues = [
    { name: "amid.a", config },
    { name: "amid.b", config },
  ];
  const words = `queue apply -f ${write("amid.json", { queues })} --prune --prefix amid.`;
  const meanwhile = async () => {
    await stage.run("queue set amid.b maxFailures=8");
    return "1";
  };
  const { code, talk } = await stage.run(words, { person: [meanwhile] });
  expect(code).toBe(5);
  expect(talk).toContain("amid.b has failed, 1 of 3 queues done before it");
  expect((await stage.run("queue show amid.b")).json()).toMatchObject({
    config: { maxFailures: 8 },
  });
  expect((await stage.run(words, "--confirm", "1")).json()).toMatchObject({
    summary: { created: 0, changed: 1, deleted: 1 },
    unchanged: 1,
  });
});
