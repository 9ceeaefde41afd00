import { describe, expect, test } from "vitest";
import type { Settlement } from "./operation.ts";
import { bodiesOf, leaseOf, MachineDriver } from "./testing/machine-driver.ts";
import { begin } from "./testing/redriving.ts";
import { settlement } from "./testing/settling.ts";

function ready(config: Parameters<MachineDriver["put"]>[0] = {}): MachineDriver {
  const driver = new MachineDriver();
  driver.put({ backoff: { baseMs: 2_000, jitter: 0 }, ...config });
  return driver;
}

function groupOf(count: number, group = "g"): { body: string; group: string }[] {
  return Array.from({ length: count }, (_, index) => ({ body: `${group}${index + 1}`, group }));
}

function take(driver: MachineDriver, max: number) {
  const outcome = driver.dequeue({ max });
  const settle = (index: number, action: "ack" | "nack" | "reject" | "release") => {
    const lease = leaseOf(outcome.messages[index]);
    const rest = {
      nack: { delayMs: null, error: null },
      reject: { error: null },
      release: { delayMs: null },
      ack: {},
    };
    driver.settle({ action, lease, ...rest[action] } as Settlement);
  };
  return { bodies: bodiesOf(outcome), settle };
}

test("a group's messages come in order, in one dequeue, and lock the group for others", () => {
  const driver = ready();
  driver.enqueue(...groupOf(4), { body: "free" });
  expect(take(driver, 2).bodies).toEqual(["g1", "g2"]);
  expect(driver.stats()).toMatchObject({ ready: 1, blocked: 2, leased: 2 });
  expect(take(driver, 9).bodies).toEqual(["free"]);
});

test("the group goes on when the last lease of its run has ended, whatever order acks come in", () => {
  const driver = ready();
  driver.enqueue(...groupOf(3));
  const run = take(driver, 2);
  run.settle(1, "ack");
  expect(take(driver, 9).bodies).toEqual([]);
  run.settle(0, "ack");
  expect(take(driver, 9).bodies).toEqual(["g3"]);
});

test("a nack puts the message back at the head, rewinds the later ones, and the group waits", () => {
  const driver = ready();
  driver.enqueue(...groupOf(4));
  const run = take(driver, 3);
  run.settle(1, "ack");
  run.settle(0, "nack");
  expect(driver.stats()).toMatchObject({ ready: 0, blocked: 2, leased: 0, scheduled: 1 });
  expect(take(driver, 9).bodies).toEqual([]);
  driver.serve(2_600);
  expect(driver.stats()).toMatchObject({ ready: 3, blocked: 0 });
  expect(take(driver, 9).bodies).toEqual(["g1", "g3", "g4"]);
});

test("of a run whose leases end together the first expires and the rest is rewound", () => {
  const driver = ready();
  driver.enqueue(...groupOf(3));
  driver.dequeue({ max: 3, leaseMs: 1_000 });
  driver.serve(2_000);
  const { messages } = driver.dequeue({ max: 3 });
  expect(messages.map(({ failures }) => failures)).toEqual([1, 0, 0]);
  expect(messages.map(({ deliveries }) => deliveries)).toEqual([2, 2, 2]);
});

test("a delayed message joins its group's tail when due and holds nobody up until then", () => {
  const driver = ready();
  driver.enqueue({ body: "late", group: "g", delayMs: 1_000 }, ...groupOf(1));
  expect(take(driver, 9).bodies).toEqual(["g1"]);
  driver.enqueue({ body: "g2", group: "g" });
  driver.serve(1_600);
  driver.serve(40_000);
  expect(take(driver, 9).bodies).toEqual(["g1", "g2", "late"]);
});

test("priority is strict between candidates, and a group competes with its head's", () => {
  const driver = ready();
  driver.enqueue(
    { body: "g1", group: "g", priority: 0 },
    { body: "g2", group: "g", priority: 9 },
    { body: "five", priority: 5 },
  );
  expect(take(driver, 9).bodies).toEqual(["five", "g1", "g2"]);
});

test("after a group's head its next message competes in the same dequeue", () => {
  const driver = ready();
  driver.enqueue(
    { body: "g1", group: "g", priority: 9 },
    { body: "a", priority: 5 },
    { body: "g2", group: "g", priority: 7 },
    { body: "g3", group: "g", priority: 1 },
  );
  expect(take(driver, 4).bodies).toEqual(["g1", "g2", "a", "g3"]);
});

test("maxPerGroup keeps one group from filling an answer", () => {
  const driver = ready();
  driver.enqueue(...groupOf(5), ...groupOf(1, "h"), { body: "free" });
  expect(bodiesOf(driver.dequeue({ max: 9, maxPerGroup: 2 }))).toEqual(["g1", "g2", "h1", "free"]);
});

test("under onDead continue a dead letter leaves its group alone and rewinds nobody", () => {
  const driver = ready();
  driver.enqueue(...groupOf(3));
  const run = take(driver, 2);
  run.settle(0, "reject");
  expect(driver.stats()).toMatchObject({ dead: 1, leased: 1, blocked: 1 });
  run.settle(1, "ack");
  expect(take(driver, 9).bodies).toEqual(["g3"]);
});

test("under onDead block a dead letter rewinds the later ones and holds its group up", () => {
  const driver = ready({ onDead: "block" });
  driver.enqueue(...groupOf(3), ...groupOf(1, "h"));
  take(driver, 2).settle(0, "reject");
  expect(driver.stats()).toMatchObject({ dead: 1, leased: 0, blocked: 2, ready: 1 });
  expect(take(driver, 9).bodies).toEqual(["h1"]);
});

test("groups of the same name in two queues know nothing of each other", () => {
  const driver = ready();
  driver.put({}, "r");
  driver.enqueue(...groupOf(2));
  take(driver, 1);
  driver.execute({
    type: "enqueue",
    queue: "r",
    form: "single",
    idempotency: null,
    messages: [driver.message({ body: "r1", group: "g" })],
  });
  expect(bodiesOf(driver.dequeue({ queue: "r" }))).toEqual(["r1"]);
});

test("a queue that is configured to go on lets go of what its dead letters hold up", () => {
  const driver = ready({ onDead: "block" });
  driver.enqueue(...groupOf(3, "a"), ...groupOf(2, "b"));
  const { settle } = take(driver, 1);
  settle(0, "reject");
  const replace = (onDead: "block" | "continue") =>
    driver.execute({
      type: "put-queue",
      queue: "q",
      config: { onDead },
      precondition: { kind: "match-any" },
    });
  take(driver, 1).settle(0, "reject");
  const [leased] = driver.dequeue({ from: "dead" }).messages;
  driver.machine.takeReadyHints(9);
  expect(driver.stats()).toMatchObject({ leased: 1, dead: 1, ready: 0, blocked: 3 });
  replace("continue");
  expect(driver.stats()).toMatchObject({ leased: 1, dead: 1, ready: 3, blocked: 0 });
  expect(driver.machine.takeReadyHints(9)).toEqual(["q"]);

  // What died before that holds up nobody afterwards.
  replace("block");
  driver.settle({ action: "release", lease: leaseOf(leased), delayMs: null });
  expect(take(driver, 9).bodies).toEqual(["a2", "a3", "b2"]);
});

test("a group waits for each of its messages that waits, wherever it stands", () => {
  const driver = ready();
  driver.enqueue(...groupOf(4));
  const { messages } = driver.dequeue({ max: 3, leaseMs: 1_000 });
  driver.settle({ action: "nack", lease: leaseOf(messages[1]), delayMs: 9_000, error: null });
  driver.serve(2_000);
  // The first one's lease is over: it is the head, and the second one waits behind it.
  expect(driver.stats()).toMatchObject({ ready: 0, blocked: 3, scheduled: 1 });
  expect(driver.listGroups().entries).toMatchObject([
    { state: "waiting", head: messages[0]?.message },
  ]);
  driver.serve(9_000);
  expect(take(driver, 9).bodies).toEqual(["g1", "g2", "g3", "g4"]);
});

test("a group is held up by each of its dead letters until the last is gone or back", () => {
  const driver = ready({ onDead: "block" });
  driver.enqueue(...groupOf(4));
  const { messages } = driver.dequeue({ max: 3, leaseMs: 1_000 });
  driver.settle({ action: "reject", lease: leaseOf(messages[1]), error: null });
  driver.serve(2_000);
  expect(driver.stats()).toMatchObject({ ready: 0, blocked: 3, dead: 1 });
  expect(driver.listGroups().entries).toMatchObject([{ state: "dead", waiting: 3 }]);
  begin(driver);
  driver.serve(1_000);
  expect(take(driver, 9).bodies).toEqual(["g1", "g2", "g3", "g4"]);
});

describe("what ends far behind the head of a group that dead letters hold up", () => {
  function expired(): MachineDriver {
    const driver = ready({ onDead: "block" });
    const specs = groupOf(300).map((spec) => ({ ...spec, ttlMs: 1_000 }));
    driver.enqueue(...specs, { body: "last", group: "g" });
    driver.serve(2_500);
    expect(driver.stats()).toMatchObject({ dead: 300, blocked: 1, ready: 0 });
    return driver;
  }
  const bodies = groupOf(300).map(({ body }) => body);

  test("comes back in front of what is behind it, in the order in which it died", () => {
    const driver = expired();
    begin(driver);
    driver.serve(1_000);
    expect(driver.stats()).toMatchObject({ dead: 0, ready: 301 });
    const taken = Array.from({ length: 4 }, () => {
      const run = take(driver, 100);
      run.bodies.forEach((_, index) => run.settle(index, "ack"));
      return run.bodies;
    });
    expect(taken.flat()).toEqual([...bodies, "last"]);
  });

  test("holds the group up until it is purged, and then no longer", () => {
    const driver = expired();
    const [leased] = driver.dequeue({ from: "dead" }).messages;
    driver.execute({ type: "purge", queue: "q", states: ["dead"] });
    expect(driver.stats()).toMatchObject({ ready: 0, blocked: 1 });
    driver.settle(settlement("ack", leaseOf(leased)));
    expect(take(driver, 9).bodies).toEqual(["last"]);
  });

  test("comes back behind a front that was taken away in the meantime", () => {
    const driver = expired();
    const { entries } = driver.list({ limit: 100 });
    for (const { message } of entries) {
      driver.execute({ type: "delete-message", queue: "q", message, force: false });
    }
    begin(driver);
    driver.serve(1_000);
    expect(driver.stats()).toMatchObject({ dead: 0, ready: 201 });
    expect(new Set(take(driver, 100).bodies).size).toBe(100);
  });
});
