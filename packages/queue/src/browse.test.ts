import { utf8Decode } from "@quorate/prelude";
import { describe, expect, test } from "vitest";
import { encodeHeaders } from "./message-headers.ts";
import type { MessageView } from "./message-view.ts";
import { bytesOf, hashOf, leaseOf, MachineDriver } from "./testing/machine-driver.ts";
import { ready, settlement } from "./testing/settling.ts";

function seqsOf(entries: readonly MessageView[]): readonly number[] {
  return entries.map(({ seq }) => seq);
}

/** Pages of `limit` to the end. */
function allSeqs(
  driver: MachineDriver,
  spec: Parameters<MachineDriver["list"]>[0],
): readonly number[] {
  const seqs: number[] = [];
  let after: Exclude<typeof spec, undefined>["after"] = null;
  do {
    const { entries, next } = driver.list({ ...spec, after });
    seqs.push(...seqsOf(entries));
    after = next;
  } while (after !== null);
  return seqs;
}

describe("a listing of messages", () => {
  test("shows each state's messages in the order of their seq", () => {
    const driver = ready({ onDead: "block" });
    driver.enqueue({}, { group: "g" }, { group: "g" }, { delayMs: 5_000 }, {}, { group: "h" });
    const [first] = driver.dequeue({ max: 2 }).messages;
    driver.settle(settlement("reject", leaseOf(first)));
    const statesOf = (state: MessageView["state"]): readonly number[] =>
      seqsOf(driver.list({ state }).entries);
    expect(statesOf("dead")).toEqual([1]);
    expect(statesOf("leased")).toEqual([2]);
    expect(statesOf("blocked")).toEqual([3]);
    expect(statesOf("scheduled")).toEqual([4]);
    expect(statesOf("ready")).toEqual([5, 6]);
    expect(seqsOf(driver.list().entries)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(driver.list().entries.map(({ state }) => state)).toEqual([
      "dead",
      "leased",
      "blocked",
      "scheduled",
      "ready",
      "ready",
    ]);
  });

  test("goes on where it stopped, and shows what stays exactly once, whatever comes and goes", () => {
    const driver = ready();
    driver.enqueue(...Array.from({ length: 10 }, () => ({ group: "g" })));
    const filters = [{}, { groupHash: hashOf("g") }, { state: "ready" as const }];
    for (const filter of filters) {
      const first = driver.list({ ...filter, limit: 3 });
      expect(first.entries).toHaveLength(3);
      // What was shown last goes, and with it the place in the group's chain.
      driver.dequeue({ max: 3, mode: "delete" });
      driver.enqueue({ group: "g" }, { group: "other" }, { group: "g" });
      const rest = allSeqs(driver, { ...filter, limit: 2 });
      const shown = driver.list({ ...filter, after: first.next });
      expect(seqsOf(shown.entries)).toEqual(rest.filter((seq) => seq > (first.next?.number ?? 0)));
    }
  });

  test("begins anew with the place of another incarnation", () => {
    const driver = ready();
    driver.enqueue({}, {});
    const after = { incarnation: 99, number: 1 };
    expect(seqsOf(driver.list({ after }).entries)).toEqual([1, 2]);
  });

  test("finds a dedup id as long as its record exists, and what it names is here", () => {
    const driver = ready();
    driver.enqueue({}, { dedup: "d" }, { dedup: "e", group: "g" });
    const dedupHash = hashOf("d");
    expect(seqsOf(driver.list({ dedupHash }).entries)).toEqual([2]);
    expect(driver.list({ dedupHash, state: "dead" }).entries).toEqual([]);
    expect(driver.list({ dedupHash, groupHash: hashOf("g") }).entries).toEqual([]);
    expect(driver.list({ dedupHash: hashOf("none") }).entries).toEqual([]);
    driver.dequeue({ max: 2, mode: "delete" });
    expect(driver.list({ dedupHash }).entries).toEqual([]);
    driver.serve(601_000);
    expect(driver.list({ dedupHash: hashOf("e") }).entries).toEqual([]);
  });

  test("is short when many messages must be looked at, and says where to go on", () => {
    const driver = ready({ leaseMsDefault: 60_000 });
    const ofGroup = Array.from({ length: 1_000 }, () => ({ group: "g" }));
    for (let batch = 0; batch < 3; batch++) driver.enqueue(...ofGroup);
    driver.enqueue({});
    driver.dequeue({ maxPerGroup: 1 });
    const short = driver.list({ state: "ready" });
    expect(short.entries).toEqual([]);
    expect(short.next?.number).toBe(2_001);
    expect(allSeqs(driver, { state: "ready" })).toEqual([3_001]);
  });

  test("stops before what it shows passes 4 MiB, and shows one message always", () => {
    const driver = ready({ bodyBytesMax: 1_048_576 });
    for (let count = 0; count < 5; count++) driver.enqueue({ body: "b".repeat(1_048_000) });
    expect(driver.list({ withContent: true }).entries).toHaveLength(4);
    expect(driver.list().entries).toHaveLength(5);
    expect(allSeqs(driver, { withContent: true })).toEqual([1, 2, 3, 4, 5]);
  });

  test("of no queue is none", () => {
    const question = { type: "list-groups", queue: "no", state: null, after: null } as const;
    expect(new MachineDriver().ask({ ...question, limit: 1 })).toEqual({
      type: "groups",
      listing: null,
    });
  });
});

describe("a message", () => {
  test("is found by its id among all others, and is gone when it is done", () => {
    const driver = ready();
    const keys = Array.from({ length: 3 }, () =>
      driver.enqueue(...Array.from({ length: 600 }, () => ({}))).results.map((result) => {
        if (result.status === "refused") throw new Error(result.refusal.code);
        return result.message;
      }),
    ).flat();
    driver.dequeue({ max: 100, mode: "delete" });
    keys.forEach((key, index) => {
      const found = driver.find(key);
      if (index < 100) expect(found).toBe("message-not-found");
      else expect(typeof found === "object" && found.seq).toBe(index + 1);
    });
    expect(driver.find({ op: 0, index: 0 })).toBe("message-not-found");
    expect(driver.find({ op: 99, index: 0 })).toBe("message-not-found");
    expect(driver.find({ op: 2, index: 0 }, "none")).toBe("queue-not-found");
  });

  test("shows its lease, its progress and its errors to who may peek, and no lease id", () => {
    const driver = ready();
    const headers = encodeHeaders([["name", "value"]]);
    driver.enqueue({ body: "{}", group: "g", dedup: "d", headers, priority: 7 });
    const key = { op: driver.op, index: 0 };
    const lease = leaseOf(driver.dequeue({ worker: "w1" }).messages[0]);
    driver.settle({ action: "nack", lease, delayMs: 0, error: { type: "E", message: "one" } });
    const failedAtMs = driver.nowMs;
    const again = leaseOf(driver.dequeue({ worker: "w2" }).messages[0]);
    const progress = bytesOf("[1]");
    driver.settle({ action: "extend", lease: again, leaseMs: 9_000, progress });
    const found = driver.find(key);
    if (typeof found === "string") throw new Error(found);
    expect(found).toMatchObject({
      message: key,
      seq: 1,
      state: "leased",
      priority: 7,
      deliveries: 2,
      failures: 1,
      redrives: 0,
      dead: null,
      dueAtMs: null,
      lease: { worker: "w2", principal: "p", fence: again.fence },
    });
    expect(found.lease?.untilMs).toBe(driver.nowMs + 9_000);
    expect(found.content?.errors).toEqual([
      { atMs: failedAtMs, type: "E", message: "one", worker: "w1" },
    ]);
    expect(utf8Decode(found.content?.progress ?? new Uint8Array(0))).toBe("[1]");
    expect(found.content?.headers).toEqual(headers);
    // Another lease has no progress yet.
    driver.settle(settlement("release", again));
    driver.dequeue();
    const later = driver.find(key);
    expect(typeof later === "object" && later.content?.progress).toBeNull();
  });

  test("keeps the ten newest errors, and says why and when it died", () => {
    const driver = ready({ maxFailures: 12 });
    driver.enqueue({});
    for (let failure = 1; failure <= 12; failure++) {
      const lease = leaseOf(driver.dequeue().messages[0]);
      const error = { type: "E", message: `${failure}` };
      driver.settle({ action: "nack", lease, delayMs: 0, error });
    }
    const [view] = driver.list({ state: "dead", withContent: true }).entries;
    expect(view?.dead).toEqual({ reason: "max-failures", atMs: driver.nowMs });
    expect(view?.content?.errors.map(({ message }) => message)).toEqual([
      "12",
      "11",
      "10",
      "9",
      "8",
      "7",
      "6",
      "5",
      "4",
      "3",
    ]);
  });
});

describe("a listing of groups", () => {
  test("says what each group waits for, in the order in which they were made", () => {
    const driver = ready({ onDead: "block", backoff: { jitter: 0 } });
    for (const group of ["locked", "late", "dead"]) driver.enqueue({ group }, { group });
    const [locked, late, dead] = driver.dequeue({ max: 3, maxPerGroup: 1 }).messages;
    const enqueuedAtMs = driver.nowMs;
    driver.settle(settlement("nack", leaseOf(late)), settlement("reject", leaseOf(dead)));
    const settledAtMs = driver.nowMs;
    driver.enqueue({ group: "ready" }, { group: "ready" }, { group: "timed", delayMs: 5_000 });
    const { entries } = driver.listGroups();
    expect(entries.map((each) => ({ ...each, groupId: utf8Decode(each.groupId) }))).toMatchObject([
      { groupId: "locked", state: "locked", waiting: 1, head: locked?.message },
      { groupId: "late", state: "waiting", waiting: 2, head: late?.message, sinceMs: settledAtMs },
      { groupId: "dead", state: "dead", waiting: 1, head: dead?.message, sinceMs: settledAtMs },
      { groupId: "ready", state: "ready", waiting: 2, sinceMs: driver.nowMs },
      { groupId: "timed", state: "waiting", waiting: 1, sinceMs: driver.nowMs },
    ]);
    expect(entries[0]?.sinceMs).toBe(enqueuedAtMs);
    expect(driver.listGroups({ state: "dead" }).entries).toHaveLength(1);
    const page = driver.listGroups({ limit: 2 });
    expect(page.entries).toHaveLength(2);
    expect(driver.listGroups({ after: page.next }).entries).toEqual(entries.slice(2));
  });

  test("forgets a group with its last message, and shows one of dead letters alone as dead", () => {
    const driver = ready();
    driver.enqueue({ group: "g" }, { group: "h" });
    const [first, second] = driver.dequeue({ max: 2 }).messages;
    driver.settle(settlement("ack", leaseOf(first)), settlement("reject", leaseOf(second)));
    expect(driver.listGroups().entries).toMatchObject([{ state: "dead", waiting: 0 }]);
    driver.enqueue({ group: "g" });
    expect(driver.listGroups().entries.map(({ groupId }) => utf8Decode(groupId))).toEqual([
      "h",
      "g",
    ]);
  });
});
