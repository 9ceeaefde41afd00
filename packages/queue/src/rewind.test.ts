import { expect, test } from "vitest";
import type { LeaseKey } from "./ids.ts";
import { LeafStore } from "./testing/leaf-store.ts";
import type { MessageView } from "./message-view.ts";
import { leaseOf, MachineDriver } from "./testing/machine-driver.ts";
import { quickDigest } from "./testing/quick-digest.ts";
import { begin } from "./testing/redriving.ts";
import { settlement } from "./testing/settling.ts";

const config = { backoff: { baseMs: 3_000, jitter: 0 }, maxFailures: 2, onDead: "block" } as const;
/** The lease that is rewound would have ended so long after its beginning. */
const leaseMs = 10_000;
const runLength = 6;

interface Run {
  readonly driver: MachineDriver;
  readonly leases: readonly LeaseKey[];
}

/** A run of leases whose head was given up. `ghostsMax`: places among lease ends that are left. */
function rewound(ghostsMax: number): Run {
  const driver = new MachineDriver({ sha256: quickDigest, ghostsMax });
  driver.put(config);
  driver.put(config, "other");
  driver.enqueue(
    ...Array.from({ length: runLength }, (_, at) => ({
      body: `${at}`,
      group: "g",
      ttlMs: 900_000,
    })),
    ...Array.from({ length: runLength }, (_, at) => ({ body: `${at}`, group: "h", priority: 6 })),
  );
  const leases = [...driver.dequeue({ max: 2 * runLength, leaseMs }).messages].map(leaseOf);
  const heads = [leases[runLength], leases[0]].map((lease) =>
    settlement("release", lease ?? { fence: 0, tag: 0 }),
  );
  driver.settle(...heads);
  // Another one's lease stands between the ends that they have had and will have.
  driver.enqueue({ body: "other", priority: 9 });
  driver.dequeue({ leaseMs: leaseMs / 2 });
  return { driver, leases };
}

const all = { max: 2 * runLength };

function remove(driver: MachineDriver, view: MessageView | undefined): unknown {
  const message = view?.message ?? { op: 0, index: 0 };
  return driver.execute({ type: "delete-message", queue: "q", message, force: false });
}

/** What may happen to rewound messages before the end that their leases had. */
const fates: Readonly<Record<string, (run: Run) => unknown>> = {
  "they are left alone": () => null,
  "they are leased again, for longer": ({ driver }) => driver.dequeue({ ...all, leaseMs: 60_000 }),
  "they are leased again, for shorter": ({ driver }) =>
    driver.dequeue({ max: runLength, leaseMs: 2_000 }),
  "they are leased again, for shorter, without the head that was given up": ({ driver }) => {
    remove(driver, driver.list().entries[runLength]);
    return driver.dequeue({ max: runLength - 1, leaseMs: 2_000 });
  },
  "they are popped, and told again": ({ driver }) => {
    driver.dequeue({ ...all, mode: "delete", id: "d" });
    return driver.dequeue({ ...all, mode: "delete", id: "d" });
  },
  "they are popped for good": ({ driver }) => driver.dequeue({ ...all, mode: "delete" }),
  "they are deleted by their ids": ({ driver }) =>
    driver.list().entries.map((entry) => remove(driver, entry)),
  "they are acknowledged too late, behind heads that are deleted": ({ driver, leases }) => {
    const { entries } = driver.list();
    for (const at of [0, runLength]) remove(driver, entries[at]);
    return driver.settle(...leases.map((lease) => settlement("ack", lease)));
  },
  "they are tried again after a wait": ({ driver }) => {
    const again = driver.dequeue(all).messages.map(leaseOf);
    return driver.settle(...again.toReversed().map((lease) => settlement("nack", lease)));
  },
  "they die and come back in another queue": ({ driver }) => {
    const again = driver.dequeue(all).messages.map(leaseOf);
    driver.settle(...again.map((lease) => settlement("reject", lease)));
    begin(driver, {}, { target: "other" });
    return passTo(driver, 1_000);
  },
  "they die of a shorter retention": ({ driver }) => {
    driver.pass(1_000);
    const precondition = { kind: "match-any" } as const;
    const shorter = { ...config, retentionMs: 60_000 };
    driver.execute({ type: "put-queue", queue: "q", config: shorter, precondition });
    return passTo(driver, 70_000);
  },
  "they are purged": ({ driver }) =>
    driver.execute({ type: "purge", queue: "q", states: ["ready"] }),
  "what is leased is purged": ({ driver }) => {
    driver.dequeue({ max: 3 });
    return driver.execute({ type: "purge", queue: "q", states: ["leased"] });
  },
  "their queue is deleted": ({ driver }) =>
    driver.execute({ type: "delete-queue", queue: "q", force: true }),
  "the machine is loaded": ({ driver }) => {
    const store = new LeafStore();
    store.freeze(driver.machine);
    store.keep();
    return store.loadInto(driver.machine);
  },
};

/** Everything that reads show. */
function viewOf({ driver }: Run): unknown {
  const names = ["q", "other"].filter((name) => driver.machine.stats(name) !== null);
  const { leases } = driver.machine.memory();
  const listings = names.map((queue) => driver.list({ queue, withContent: true }).entries);
  return { leases, listings, stats: names.map((name) => driver.stats(name)) };
}

/** Time passes, with a pulse every second. */
function passTo(driver: MachineDriver, ms: number): void {
  for (let passed = 0; passed < ms; passed += 1_000) {
    driver.pass(1_000);
    driver.pulse();
  }
}

test.each(Object.entries(fates))(
  "rewound messages that keep their places among lease ends are as if they had none: %s",
  (_, fate) => {
    // The one machine takes all of them out of it at once, the other one but the first.
    const [plain, lazy] = [rewound(1_000), rewound(1)];
    expect(fate(lazy)).toEqual(fate(plain));
    for (let seconds = 0; seconds < 15; seconds++) {
      expect(viewOf(lazy)).toEqual(viewOf(plain));
      for (const { driver } of [lazy, plain]) passTo(driver, 1_000);
    }
    const [left, expected] = [lazy, plain].map(({ driver }) => driver.machine.memory());
    expect([left?.messages, left?.timers]).toEqual([expected?.messages, expected?.timers]);
  },
);

test("the end that a rewound lease had does nothing, and is not waited for any longer", () => {
  const { driver } = rewound(1);
  driver.execute({ type: "purge", queue: "q", states: ["leased"] });
  const before = driver.list({ withContent: true }).entries;
  passTo(driver, leaseMs);
  expect(driver.list({ withContent: true }).entries).toEqual(before);
  expect(driver.machine.memory().timers).toBe(runLength);
  for (const entry of before) if (entry.expiresAtMs < driver.nowMs + 900_000) remove(driver, entry);
  expect(driver.machine.isPulseDue(driver.now + 5_000)).toBe(false);
});
