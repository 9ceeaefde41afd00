/** Queues from the command line. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CliStage, startCliStage } from "./stage.ts";

let stage: CliStage;
beforeAll(async () => {
  stage = await startCliStage();
});
afterAll(() => stage.stop());

test("a queue is created with its fields, in units, and creating it again is fine", async () => {
  const create = "queue create mail maxFailures=3 leaseMsDefault=2m bodyBytesMax=64KiB";
  expect((await stage.run(create)).json()).toMatchObject({
    name: "mail",
    config: { maxFailures: 3, leaseMsDefault: 120_000, bodyBytesMax: 65_536 },
  });
  expect((await stage.run(create, { person: [] })).out).toBe("mail is there already, as wanted\n");
  const other = await stage.run("queue create mail maxFailures=4");
  expect(other.code).toBe(5);
  expect(other.talk).toContain("queue diff");
});

test("a field that does not exist, or has no such value, ends with 2 and is named", async () => {
  for (const field of ["maxFailure=3", "denyPurge=maybe", "maxFailures=many", "leaseMsDefault=x"]) {
    const { code, talk } = await stage.run(`queue create bad ${field}`);
    expect([field, code]).toEqual([field, 2]);
    expect(talk).toContain(field.split("=")[0]);
  }
  const { code, talk } = await stage.run("queue create bad maxFailures=0");
  expect(code).toBe(2);
  expect(talk.split("/maxFailures: expected 1 to 1000"), "it is said once").toHaveLength(2);
});

test("setting fields leaves the others as they are, and says what changed", async () => {
  await stage.run("queue create set maxFailures=3 backoff.factor=3");
  const { code, talk, json } = await stage.run("queue set set backoff.baseMs=500ms onDead=block");
  expect(code).toBe(0);
  expect(talk).toBe("backoff.baseMs: 1 s → 500 ms\nonDead: continue → block\n");
  expect(json()).toMatchObject({
    config: { maxFailures: 3, onDead: "block", backoff: { baseMs: 500, factor: 3 } },
  });
  expect((await stage.run("queue set set")).code).toBe(2);
  expect((await stage.run("queue set missing maxFailures=3")).code).toBe(3);
});

test("a field that no server knows is refused wherever it is, and never dropped", async () => {
  await stage.run("queue create odd");
  writeFileSync(join(stage.folder, "odd.json"), '{"backoff":{"fctor":4}}');
  for (const words of ["queue set odd", "queue diff odd", "queue create odd2"]) {
    const { code, talk } = await stage.run(`${words} -f odd.json`);
    expect([words, code]).toEqual([words, 2]);
    expect(talk).toContain("/backoff/fctor");
  }
});

test("a field of the command line goes before the file's, and leaves those beside it", async () => {
  writeFileSync(join(stage.folder, "both.json"), '{"maxFailures":4,"backoff":{"factor":4}}');
  const { json } = await stage.run(
    "queue create both -f both.json backoff.baseMs=2s maxFailures=6",
  );
  expect(json()).toMatchObject({
    config: { maxFailures: 6, backoff: { factor: 4, baseMs: 2000 } },
  });
});

test("what went wrong is said once, with what helps", async () => {
  const nameless = await stage.run("queue create No!");
  expect(nameless.talk.match(/name is not accepted/g)).toHaveLength(1);
  expect((await stage.run("queue show missing")).talk).toContain("`quorate queue ls`");
});

test("a configuration may come from a pipe", async () => {
  const { json } = await stage.run("queue create piped -f -", { input: '{"maxFailures":9}' });
  expect(json()).toMatchObject({ config: { maxFailures: 9 } });
  expect((await stage.run("queue set piped -f -", { input: "{" })).talk).toContain(
    "standard input: ",
  );
});

test("a file of fields is compared, and the exit code says whether anything differs", async () => {
  await stage.run("queue create diff");
  writeFileSync(join(stage.folder, "diff.json"), '{"maxFailures":5,"backoff":{"factor":4}}');
  const differs = await stage.run("queue diff diff -f diff.json");
  expect(differs.code).toBe(1);
  expect(differs.json()).toMatchObject({ changes: [{ field: "backoff.factor", from: 2, to: 4 }] });
  await stage.run("queue set diff -f diff.json");
  expect(await stage.run("queue diff diff -f diff.json")).toMatchObject({ code: 0 });
});

test("a difference that the queue holds too much for is told, and so is a queue that is not there", async () => {
  await stage.run("queue create full");
  await stage.run("send full 1 --count 3");
  const { code, talk } = await stage.run("queue diff full maxMessages=2");
  expect(code).toBe(1);
  expect(talk).toContain("full holds more than maxMessages would allow");
  const missing = await stage.run("queue diff missing maxFailures=5");
  expect(missing.code).toBe(1);
  expect(missing.talk).toContain("it would be created");
  expect((await stage.run("queue show missing")).code).toBe(3);
});

test("sending and receiving are paused with a reason, and resumed", async () => {
  await stage.run("queue create paused");
  const { code, out } = await stage.run(
    "queue pause paused send -o table --reason",
    "moving house",
  );
  expect(code).toBe(0);
  expect(out).toMatch(/^send +paused by .*: moving house$/m);
  // It is told to come again after a second, which is more than it has.
  const refused = await stage.run("send paused 1 --timeout 900ms");
  expect(refused.code).toBe(5);
  expect((await stage.run("queue ls -o table")).out).toContain("send (moving house)");
  await stage.run("queue pause paused receive");
  expect((await stage.run("receive paused")).talk).toContain("receiving is paused");
  for (const what of ["send", "receive"]) await stage.run(`queue resume paused ${what}`);
  expect((await stage.run("send paused 1")).code).toBe(0);
  expect((await stage.run("queue pause paused all")).code).toBe(2);
});

test("a reason that somebody gave cannot act on the terminal of who reads it", async () => {
  await stage.run("queue create evil");
  await stage.run("queue pause evil send --reason", "\u001b[2J\u009bgone");
  for (const words of ["queue ls", "queue show evil", "queue stats evil", "queue ls -o json"]) {
    const person = { person: [], environment: { isColorless: true } };
    expect((await stage.run(words, person)).out, words).not.toMatch(/(?!\n)\p{Cc}/u);
  }
});

test("what is purged is named first, and needs the queue's name", async () => {
  await stage.run("queue create purged");
  await stage.run("send purged 1 --count 3");
  await stage.run("send purged 2 --delay 1h");
  const words = "queue purge purged --state ready scheduled";
  const asked = await stage.run(words, { person: ["purge"] });
  expect(asked.code).toBe(6);
  expect(asked.talk).toContain("this takes away 4 messages (ready, scheduled) of purged");
  expect(await stage.run(words)).toMatchObject({ code: 6, out: "" });
  const done = await stage.run(words, "--confirm", "purged");
  expect(done.json()).toMatchObject({ removed: 4 });
  expect((await stage.run("queue purge purged --confirm purged")).code).toBe(2);
  await stage.run("queue create kept denyPurge=true");
  expect((await stage.run("queue purge kept --state ready --confirm kept")).code).toBe(5);
});

test("a queue is deleted by its name, one with messages only by force", async () => {
  await stage.run("queue create gone");
  const id = (await stage.run("send gone 1 -o id")).out.trim();
  expect((await stage.run("queue rm gone --confirm gone")).code).toBe(5);
  await stage.run("receive gone");
  expect((await stage.run(`message rm gone ${id}`)).code).toBe(5);
  expect((await stage.run(`message rm gone ${id} --force`)).code).toBe(0);
  expect((await stage.run(`message show gone ${id}`)).code).toBe(3);
  await stage.run("send gone 2");
  const asked = await stage.run("queue rm gone --force", { person: ["gone"] });
  expect(asked.code).toBe(0);
  expect(asked.talk).toContain("this deletes gone and 1 message in it");
  expect((await stage.run("queue show gone")).code).toBe(3);
});

test("all queues are listed, also when they fill more than a page", async () => {
  const names = Array.from({ length: 130 }, (_, index) => `many.${String(index).padStart(3, "0")}`);
  for (const name of names) await stage.gateway.send("PUT", `/v1/queues/${name}`, { body: {} });
  const { out } = await stage.run("queue ls --prefix many. -o id");
  expect(out.trim().split("\n")).toEqual(names);
  const table = await stage.run("queue ls --prefix many.00", { person: [] });
  expect(table.out.split("\n")[0]).toMatch(/QUEUE +READY +BLOCKED +LEASED/);
});

test("where there are no queues a person is told how to make one", async () => {
  const { code, out, talk } = await stage.run("queue ls --prefix none.", { person: [] });
  expect([code, out]).toEqual([0, ""]);
  expect(talk).toContain("quorate queue create");
});

test("one queue is shown with its state and every field", async () => {
  await stage.run("queue create shown");
  await stage.run("send shown 1");
  const { out } = await stage.run("queue show shown -o table");
  expect(out).toMatch(/^ready +1$/m);
  expect(out).toMatch(/^backoff\.maxMs +5 min$/m);
  expect((await stage.run("queue show missing")).code).toBe(3);
});
