import { bytesConcat, hexEncode, Prng, stateLeafBytesMax } from "@quorate/prelude";
import { sha256 } from "@quorate/prelude/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createQueueStateMachine } from "./queue-state-machine.ts";
import { LeafStore, load, type StoredLeaf } from "./testing/leaf-store.ts";
import { hashOf, leaseOf, MachineDriver } from "./testing/machine-driver.ts";
import { quickDigest } from "./testing/quick-digest.ts";
import { settlement } from "./testing/settling.ts";

const slabBytes = 100_000;
const options = { sha256: quickDigest, slabBytes };

/** A machine with something of everything: two queues, groups, leases, delays, ids, a pop. */
function filled(): MachineDriver {
  const driver = new MachineDriver(options);
  driver.put({ onDead: "block" }, "other");
  driver.put();
  const body = "b".repeat(900);
  for (let count = 0; count < 300; count++) {
    driver.enqueue({ body, dedup: `d${count}`, ...(count % 3 === 0 ? { group: "g" } : {}) });
  }
  driver.enqueue({ delayMs: 60_000 });
  for (const id of ["a", "b", "c"]) driver.dequeue({ max: 20, leaseMs: 600_000, id });
  driver.dequeue({ max: 5, mode: "delete", id: "pop" });
  driver.execute({ type: "revoke", key: hashOf("token"), issuedUntil: "ever" });
  driver.execute({ type: "revoke", key: hashOf("subject"), issuedUntil: "now" });
  return driver;
}

function stored(driver: MachineDriver): LeafStore {
  const store = new LeafStore();
  store.freeze(driver.machine);
  store.keep();
  return store;
}

function digestsOf(leaves: readonly StoredLeaf[]): readonly string[] {
  return leaves.map(({ digest }) => hexEncode(digest));
}

test("a frozen state is the one of its op, whatever is enqueued, settled and dropped while it is read", () => {
  const still = filled();
  const driver = filled();
  const store = new LeafStore();
  store.freeze(driver.machine);
  while (!store.take(1)) {
    driver.enqueue({ body: "n".repeat(30_000) });
    const { messages } = driver.dequeue({ max: 40 });
    driver.settle(...messages.map((message) => settlement("ack", leaseOf(message))));
  }
  expect(digestsOf(store.keep())).toEqual(digestsOf(stored(still).kept));
});

test("only what has changed is hashed and given again after a state was kept", () => {
  let hashed = 0;
  const counting = (...parts: readonly Uint8Array[]): Uint8Array => {
    hashed += 1;
    return quickDigest(...parts);
  };
  const driver = new MachineDriver({ sha256: counting });
  driver.put();
  const bodies = Array.from({ length: 60 }, () => ({ body: "b".repeat(10_000) }));
  driver.enqueue(...bodies);
  const count = stored(driver).kept.length;
  const freeze = (): number => {
    hashed = 0;
    let given = 0;
    const frozen = driver.machine.freeze();
    for (let leaf = frozen.next(); leaf !== null; leaf = frozen.next()) {
      if (leaf.bytes !== null) given += 1;
    }
    frozen.keep();
    return given;
  };
  // Nothing but the run of numbers is hashed to see that it is the same.
  expect([freeze(), hashed]).toEqual([0, 1]);
  driver.enqueue({ body: "one more" });
  expect(freeze()).toBe(hashed);
  expect(hashed).toBeLessThan(count / 2);
});

test("each call hashes one leaf of at most 64 KiB, and freezing hashes none", () => {
  const lengths: number[] = [];
  const driver = new MachineDriver({
    sha256: (...parts) => {
      lengths.push(parts.reduce((sum, part) => sum + part.length, 0));
      return quickDigest(...parts);
    },
  });
  driver.put();
  driver.enqueue({ body: "b".repeat(200_000) });
  lengths.length = 0;
  const frozen = driver.machine.freeze();
  expect(lengths).toEqual([]);
  let leaves = 0;
  while (frozen.next() !== null) leaves += 1;
  expect(lengths.length).toBe(leaves);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(stateLeafBytesMax);
});

test("leaves that were only part of a dropped state are given again with their bytes", () => {
  const driver = filled();
  stored(driver);
  driver.enqueue({ body: "later" });
  const given = (): readonly string[] => {
    const frozen = driver.machine.freeze();
    const digests: string[] = [];
    for (let leaf = frozen.next(); leaf !== null; leaf = frozen.next()) {
      if (leaf.bytes !== null) digests.push(hexEncode(leaf.digest));
    }
    frozen.drop();
    return digests;
  };
  const first = given();
  expect(first.length).toBeGreaterThan(0);
  expect(given()).toEqual(first);
});

test("bytes that were given out never change, also after the state was kept", () => {
  const driver = filled();
  const { kept } = stored(driver);
  const before = kept.map(({ bytes }) => hexEncode(quickDigest(bytes)));
  for (let round = 0; round < 20; round++) {
    driver.enqueue({ body: "n".repeat(30_000) });
    const { messages } = driver.dequeue({ max: 40 });
    driver.settle(...messages.map((message) => settlement("ack", leaseOf(message))));
  }
  expect(kept.map(({ bytes }) => hexEncode(quickDigest(bytes)))).toEqual(before);
});

test("there is one frozen state at a time", () => {
  const { machine } = filled();
  machine.freeze();
  expect(() => machine.freeze()).toThrow();
});

test("a frozen state that is not read to its end cannot be kept", () => {
  const frozen = filled().machine.freeze();
  frozen.next();
  expect(() => frozen.keep()).toThrow();
});

test("loading puts an end to what was frozen before", () => {
  const driver = filled();
  const { kept } = stored(driver);
  const frozen = driver.machine.freeze();
  expect(load(driver.machine, kept)).toBe(true);
  expect(() => frozen.next()).toThrow();
  frozen.drop();
  expect(driver.digest()).toBe(hexEncode(quickDigest(...kept.map(({ digest }) => digest))));
});

test("a loaded state counts as kept: it is named, and only changes have bytes", () => {
  const driver = filled();
  const machine = createQueueStateMachine(options);
  expect(load(machine, stored(driver).kept)).toBe(true);
  const frozen = machine.freeze();
  for (let leaf = frozen.next(); leaf !== null; leaf = frozen.next()) {
    expect(leaf.bytes).toBe(null);
  }
});

test("the present state goes on until the loaded one is complete, and stays when it is not", () => {
  const driver = filled();
  const { kept } = stored(driver);
  const behind = new MachineDriver(options);
  behind.put();
  const loading = behind.machine.load();
  for (const { digest, bytes } of kept.slice(0, -1)) loading.add({ digest, bytes: bytes.slice() });
  behind.enqueue({ body: "meanwhile" });
  expect(loading.finish()).toBe(false);
  expect(behind.stats().ready).toBe(1);
  expect(load(behind.machine, kept)).toBe(true);
  expect(behind.digest()).toBe(driver.digest());
});

test("queues with something to deliver are hinted once after a load", () => {
  const driver = filled();
  const machine = createQueueStateMachine(options);
  load(machine, stored(driver).kept);
  expect(machine.takeReadyHints(10)).toEqual(["q"]);
  expect(machine.takeReadyHints(10)).toEqual([]);
});

test("a state with slabs of another size is no state of this machine", () => {
  const machine = createQueueStateMachine({ ...options, slabBytes: slabBytes + 1 });
  expect(load(machine, stored(filled()).kept)).toBe(false);
});

test("the run of numbers may be longer than a leaf", () => {
  const driver = new MachineDriver(options);
  for (let count = 0; count < 700; count++) driver.put({}, `queue-${count}`);
  const { kept } = stored(driver);
  expect(kept.slice(0, 3).map(({ bytes }) => bytes.length)).toEqual([
    stateLeafBytesMax,
    stateLeafBytesMax,
    expect.any(Number),
  ]);
  const machine = createQueueStateMachine(options);
  expect(load(machine, kept)).toBe(true);
  expect(hexEncode(machine.stateDigest())).toBe(driver.digest());
});

test("the state digest is over the digests of the leaves", () => {
  const driver = new MachineDriver();
  driver.put();
  driver.enqueue({ group: "g" });
  const leaves: Uint8Array[] = [];
  const frozen = driver.machine.freeze();
  for (let leaf = frozen.next(); leaf !== null; leaf = frozen.next()) leaves.push(leaf.digest);
  expect(driver.digest()).toBe(hexEncode(sha256(bytesConcat(...leaves))));
});

const known = stored(filled()).kept;

test("leaves that are too many, too few, or out of place are no state", () => {
  const [first = unnamed, second = unnamed, ...rest] = known;
  for (const leaves of [
    [],
    [first],
    [...known, first],
    known.slice(0, -1),
    [first, ...rest],
    [second, first, ...rest],
    [first, first, second, ...rest],
    known.map(({ digest, bytes }) => ({ digest, bytes: bytes.subarray(1) })),
  ]) {
    expect(load(createQueueStateMachine(options), leaves)).toBe(false);
  }
});

const unnamed: StoredLeaf = { digest: new Uint8Array(32), bytes: new Uint8Array(0) };

test("no bytes make loading throw, and what is refused changes nothing", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0 }), (seed) => {
      const driver = new MachineDriver(options);
      driver.put();
      const before = driver.digest();
      if (!load(driver.machine, harmed(known, new Prng(seed)))) {
        expect(driver.digest()).toBe(before);
      }
    }),
    { numRuns: 600 },
  );
}, 60_000);

// Some bytes of the numbers, and perhaps of other leaves, are others; now and then a leaf is shorter.
function harmed(leaves: readonly StoredLeaf[], prng: Prng): readonly StoredLeaf[] {
  return leaves.map(({ digest, bytes }, index) => {
    if (index > 0 && prng.chance(0.8)) return { digest, bytes };
    const copy = bytes.slice();
    const changes = prng.below(4);
    for (let change = 0; change < changes; change++) {
      copy[prng.below(copy.length)] = prng.pick([0, 1, 0x7f, 0xff, prng.below(256)]);
    }
    return { digest, bytes: prng.chance(0.02) ? copy.subarray(prng.below(copy.length)) : copy };
  });
}
