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
  expect((await stage.run("queue create mail maxFailures=4")).code).toBe(5);
});

test("a field that does not exist, or has no such value, ends with 2 and is named", async () => {
  for (const field of ["maxFailure=3", "denyPurge=maybe", "maxFailures=many", "leaseMsDefault=x"]) {
    const { code, talk } = await stage.run(`queue create bad ${field}`);
    expect([field, code]).toEqual([field, 2]);
    expect(talk).toContain(field.split("=")[0]);
  }
  const { code, talk } = await stage.run("queue create bad maxFailures=0");
  expect(code).toBe(2);
  expect(talk).toContain("/maxFailures");
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

test("a file of fields is compared, and the exit code says whether anything differs", async () => {
  await stage.run("queue create diff");
  writeFileSync(join(stage.folder, "diff.json"), '{"maxFailures":5,"backoff":{"factor":4}}');
  const differs = await stage.run("queue diff diff -f diff.json");
  expect(differs.code).toBe(1);
  expect(differs.json()).toMatchObject({ changes: [{ field: "backoff.factor", from: 2, to: 4 }] });
  await stage.run("queue set diff -f diff.json");
  expect(await stage.run("queue diff diff -f diff.json")).toMatchObject({ code: 0 });
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
