/** The small load. */
import { setTimeout as later } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CliStage, startCliStage } from "./stage.ts";

let stage: CliStage;
beforeAll(async () => {
  stage = await startCliStage();
});
afterAll(() => stage.stop());

test("a load leaves its queue empty and tells how long calls took", async () => {
  const { code, out, json } = await stage.run("bench scratch --duration 300ms --connections 4");
  expect([code, out]).toEqual([0, expect.stringContaining("p99Ms")]);
  const { figures, account } = json() as {
    figures: readonly { call: string; count: number; failed: number }[];
    account: Readonly<Record<string, number>>;
  };
  const sent = figures[0]?.count;
  expect(account).toEqual({ sent, once: sent, lost: 0, doubled: 0, foreign: 0 });
  expect(figures[0]?.count).toBeGreaterThan(0);
  expect(figures[1]?.count).toBe(figures[0]?.count);
  expect((await stage.run("queue stats scratch")).out).toContain('"leased": 0');
});

test("a queue in use is taken only when its name is given again", async () => {
  await stage.run("queue create used");
  await stage.run("send used 1");
  const words = "bench used --duration 50ms";
  const refused = await stage.run(words);
  expect(refused).toMatchObject({ code: 6, out: "" });
  expect(refused.talk).toContain("--confirm used");
  expect((await stage.run(words, { person: ["other"] })).code).toBe(6);
  expect((await stage.run(`${words} --confirm wrong`)).code).toBe(6);
  expect((await stage.run("queue stats used")).out).toContain('"ready": 1');
  const taken = await stage.run(words, { person: ["used"] });
  expect(taken.talk).toContain("Type used to proceed:");
  expect(taken.talk).toContain("and 1 of others");
  expect((await stage.run(`${words} --confirm used`)).code).toBe(0);
});

test("a rate is kept", async () => {
  const onPause = () => later(5, true);
  const words = "bench slow --rate 100 --duration 500ms --connections 2";
  const { json } = await stage.run(words, { onPause });
  const [sent] = json()["figures"] as readonly { count: number }[];
  expect(sent?.count).toBeLessThanOrEqual(60);
});
