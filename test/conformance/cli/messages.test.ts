/** Sending, receiving and settling from the command line. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Ended } from "@quorate/cli/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CliStage, startCliStage } from "./stage.ts";

let stage: CliStage;
beforeAll(async () => {
  stage = await startCliStage();
});
afterAll(() => stage.stop());

let queues = 0;

/** The name of a queue that nobody else uses. */
async function newQueue(...config: readonly string[]): Promise<string> {
  queues += 1;
  const queue = `q${queues}`;
  expect(await stage.run(`queue create ${queue}`, ...config)).toMatchObject({ code: 0 });
  return queue;
}

/** Sends a message and receives it; answers its lease. */
async function leaseOf(queue: string, body = "1"): Promise<string> {
  await stage.run(`send ${queue}`, body);
  const { out } = await stage.run(`receive ${queue} -o id`);
  return out.trim();
}

const messagesIn = (ended: Ended) => ended.json()["messages"];

test("what is sent as JSON is the API's answer, and comes back with its lease", async () => {
  const queue = await newQueue();
  const sent = await stage.run(`enqueue ${queue}`, '{"order":1}');
  expect(sent.code).toBe(0);
  expect(sent.json()).toMatchObject({ seq: 1, duplicate: false, coord: { epoch: 0 } });
  expect(sent.talk).toBe("");
  const received = await stage.run(`dequeue ${queue} --lease 1m --worker w1`);
  expect(messagesIn(received)).toMatchObject([{ body: { order: 1 }, deliveries: 1 }]);
});

test("a body comes from the command line, from a pipe or from a file, and stays exact", async () => {
  const queue = await newQueue();
  const exact = '{"b":1.50,"n":12345678901234567890}';
  writeFileSync(join(stage.folder, "body.json"), exact);
  await stage.run(`send ${queue}`, exact);
  await stage.run(`send ${queue} -`, { input: exact });
  await stage.run(`send ${queue}`, { input: exact });
  await stage.run(`send ${queue} @body.json`);
  const { out } = await stage.run(`receive ${queue} --max 10 -o ndjson`);
  const lines = out.trim().split("\n");
  expect(lines).toHaveLength(4);
  for (const line of lines) expect(line).toContain(`"body":${exact}`);
});

test("a body with another type is kept as bytes", async () => {
  const queue = await newQueue();
  const bytes = Uint8Array.of(0, 255, 10);
  await stage.run(`send ${queue} - --content-type image/png`, { input: bytes });
  expect(messagesIn(await stage.run(`receive ${queue}`))).toMatchObject([
    { contentType: "image/png", bodyBase64: Buffer.from(bytes).toString("base64") },
  ]);
});

test("a repeated dequeue says that nothing new came, and what is lost of the old", async () => {
  const queue = await newQueue();
  const lease = await leaseOf(queue);
  const again = `receive ${queue} --dequeue-id again`;
  await stage.run(`send ${queue}`, "2");
  expect((await stage.run(again)).talk).toBe("");
  const { talk, out } = await stage.run(`${again} -o id`);
  expect(talk).toContain("nothing new");
  await stage.run(`nack ${queue} ${out.trim()}`);
  expect((await stage.run(again)).talk).toContain(`${out.trim()} is lost: `);
  expect((await stage.run(`ack ${queue} ${lease}`)).code).toBe(0);
});

test("a lease that was settled before says by which verb", async () => {
  const queue = await newQueue();
  const lease = await leaseOf(queue);
  await stage.run(`ack ${queue} ${lease}`);
  expect((await stage.run(`nack ${queue} ${lease} -o table`)).out).toContain(
    "already-settled: ack",
  );
});

test("a body that is no JSON is refused before anything is sent", async () => {
  const queue = await newQueue();
  const { code, talk } = await stage.run(`send ${queue} hello`);
  expect(code).toBe(2);
  expect(talk).toContain("--content-type text/plain");
  expect((await stage.run(`send ${queue}`, { person: [] })).code).toBe(2);
  const missing = await stage.run(`send ${queue} @missing.json`);
  expect(missing.code).toBe(2);
  expect(missing.talk).toContain("missing.json cannot be read: no such file or directory");
  expect(messagesIn(await stage.run(`receive ${queue}`))).toEqual([]);
});

test("every option of a message arrives", async () => {
  const queue = await newQueue();
  const options = "--group g --dedup-id d --priority 9 --max-failures 2 --header a=b=c --header d=";
  await stage.run(`send ${queue} 1 ${options}`);
  expect(messagesIn(await stage.run(`receive ${queue}`))).toMatchObject([
    { groupId: "g", priority: 9, headers: { a: "b=c", d: "" } },
  ]);
  await stage.run(`send ${queue} 2 --delay 5s`);
  expect(messagesIn(await stage.run(`receive ${queue}`))).toEqual([]);
  stage.gateway.cluster.advance(6000);
  expect(messagesIn(await stage.run(`receive ${queue}`))).toMatchObject([{ body: 2 }]);
});

test("a message that nobody receives in time expires", async () => {
  const queue = await newQueue("onExpire=drop");
  await stage.run(`send ${queue} 1 --ttl 5s`);
  stage.gateway.cluster.advance(7000);
  expect(messagesIn(await stage.run(`receive ${queue}`))).toEqual([]);
});

test("the same dedup id again is said to be a duplicate; with another body it ends with 5", async () => {
  const queue = await newQueue();
  await stage.run(`send ${queue} 1 --dedup-id a`);
  const again = await stage.run(`send ${queue} 1 --dedup-id a`, { person: [] });
  expect(again).toMatchObject({ code: 0 });
  expect(again.out).toContain("a duplicate, nothing was added");
  const other = await stage.run(`send ${queue} 2 --dedup-id a`);
  expect(other).toMatchObject({ code: 5, out: "" });
  expect(other.talk).toContain("dedup-conflict");
});

test("many copies go in batches, and a bar is shown to a person alone", async () => {
  const queue = await newQueue();
  const piped = await stage.run(`send ${queue} 1 --count 2500`);
  expect(piped.json()["summary"]).toEqual({ accepted: 2500, duplicates: 0, refused: 0 });
  expect(piped.talk).toBe("");
  const seen = await stage.run(`send ${queue} 1 --count 2500`, { person: [] });
  expect(seen.out).toBe(`2 500 messages in ${queue}\n`);
  const ids = await stage.run(`send ${queue} 1 --count 3 -o id`);
  expect(ids.out).toMatch(/^(?:m_\w{20}\n){3}$/);
  const quiet = await stage.run(`send ${queue} 1 --count 2 --dedup-id x -q`, { person: [] });
  expect(quiet).toMatchObject({ out: `1 message, 1 duplicate in ${queue}\n`, talk: "" });
});

test("of many copies those that find no room are counted, and the exit code says why", async () => {
  const queue = await newQueue("maxMessages=3");
  const sent = await stage.run(`send ${queue} 1 --count 5 --timeout 1s`, { person: [] });
  expect(sent.code).toBe(7);
  expect(sent.out).toBe(`3 messages, 2 refused in ${queue}\n`);
});

test("a message is acknowledged only after it was printed, and is gone then", async () => {
  const queue = await newQueue();
  await stage.run(`send ${queue} 1 --count 3`);
  const taken = await stage.run(`receive ${queue} --max 10 --ack`);
  expect(messagesIn(taken)).toHaveLength(3);
  expect(taken.talk).toBe("3 acknowledged\n");
  await stage.run(`send ${queue} 1`);
  expect((await stage.run(`receive ${queue} --ack -q`)).talk).toBe("");
  const { out } = await stage.run(`queue stats ${queue}`);
  expect(out).toContain('"leased": 0');
});

test("popped messages have no lease", async () => {
  const queue = await newQueue();
  await stage.run(`send ${queue} 1`);
  expect(messagesIn(await stage.run(`receive ${queue} --pop`))).toMatchObject([{ leaseId: null }]);
  expect((await stage.run(`receive ${queue} --pop --ack`)).code).toBe(2);
});

test("the same dequeue id gives the same lease", async () => {
  const queue = await newQueue();
  await stage.run(`send ${queue} 1 --count 2`);
  const first = await stage.run(`receive ${queue} --dequeue-id d -o id`);
  expect((await stage.run(`receive ${queue} --dequeue-id d -o id`)).out).toBe(first.out);
});

test("each verb settles one lease or several, and says what the message is then", async () => {
  const queue = await newQueue();
  const state = async (words: string, ...more: readonly string[]) => {
    const { code, out } = await stage.run(words, ...more);
    const { results } = JSON.parse(out) as { results: readonly { state: string }[] };
    return [code, ...results.map((result) => result.state)];
  };
  expect(await state(`ack ${queue} ${await leaseOf(queue)}`)).toEqual([0, "done"]);
  expect(await state(`release ${queue} ${await leaseOf(queue)}`)).toEqual([0, "ready"]);
  const again = (await stage.run(`receive ${queue} -o id`)).out.trim();
  expect(await state(`extend ${queue} ${again} --lease 10m`)).toEqual([0, "leased"]);
  expect(await state(`nack ${queue} ${again} --delay 1h --error`, "no stock")).toEqual([
    0,
    "scheduled",
  ]);
  const two = [await leaseOf(queue), await leaseOf(queue)];
  expect(await state(`reject ${queue} ${two.join(" ")} --reason`, "bad")).toEqual([
    0,
    "dead",
    "dead",
  ]);
});

test("a lease that is not known ends with 3, one that was settled otherwise with 5", async () => {
  const queue = await newQueue();
  const lease = await leaseOf(queue);
  await stage.run(`ack ${queue} ${lease}`);
  expect((await stage.run(`ack ${queue} ${lease}`)).code).toBe(0);
  expect((await stage.run(`nack ${queue} ${lease}`)).code).toBe(5);
  expect((await stage.run(`ack ${queue} l_00000000000000000000`)).code).toBe(3);
});

test("a table shows a body without letting it move the cursor", async () => {
  const queue = await newQueue();
  await stage.run(`send ${queue}`, '"\\u001b[2J\\u009b1mred"');
  const { out } = await stage.run(`receive ${queue}`, {
    person: [],
    environment: { isColorless: true },
  });
  expect(out).toContain("LEASE");
  expect(out).not.toMatch(/(?!\n)\p{Cc}/u);
});
