import { expect, test } from "vitest";
import { adminKeysMax } from "./limits.ts";
import type { AdminOperation } from "./operation.ts";
import { hashOf, type MachineDriver } from "./testing/machine-driver.ts";
import { ready } from "./testing/settling.ts";

function once(driver: MachineDriver, name: string, operation: AdminOperation) {
  const key = { hash: hashOf(name), fingerprint: hashOf(JSON.stringify(operation)) };
  return driver.execute({ type: "once", key, operation });
}

const pause = {
  type: "pause-queue",
  queue: "q",
  what: "send",
  pause: { by: "p", reason: null },
} as const;

test("what was done under a key is answered for a day, and then done again", () => {
  const driver = ready();
  const first = once(driver, "a", pause);
  driver.execute({ ...pause, pause: null });
  expect(once(driver, "a", pause)).toEqual({ type: "repeated", outcome: first });
  expect(driver.enqueue({}).results).toMatchObject([{ status: "accepted" }]);
  driver.pass(86_399_000);
  driver.pulse();
  expect(once(driver, "a", pause)).toMatchObject({ type: "repeated" });
  driver.pass(2_000);
  expect(driver.machine.isPulseDue(driver.now)).toBe(true);
  driver.pulse();
  expect(once(driver, "a", pause)).toMatchObject({ type: "queue-paused" });
});

test("a full table refuses new keys, and nothing else", () => {
  const driver = ready();
  // A digest for each of them would take longer than everything else.
  const keyOf = (count: number) => {
    const hash = new Uint8Array(16);
    new DataView(hash.buffer).setUint32(0, count, true);
    return { hash, fingerprint: new Uint8Array(16) };
  };
  for (let count = 0; count < adminKeysMax; count++) {
    driver.execute({ type: "once", key: keyOf(count), operation: pause });
  }
  expect(once(driver, "one more", pause)).toMatchObject({
    refusal: { code: "dedup-capacity", limit: "adminKeysMax", max: 100_000 },
  });
  const again = driver.execute({ type: "once", key: keyOf(0), operation: pause });
  expect(again).toMatchObject({ type: "repeated" });
  expect(driver.execute(pause)).toMatchObject({ type: "queue-paused" });
}, 20_000);
