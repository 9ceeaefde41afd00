import { nodeCrypto } from "@quorate/identity";
import { blocksConformance } from "@quorate/ports/conformance/blocks";
import { journalConformance } from "@quorate/ports/conformance/journal";
import type { JournalRig } from "@quorate/ports/conformance/journal-bench";
import { assert } from "@quorate/prelude";
import { createSimClock } from "../world/sim-clock.ts";
import { SimDisk } from "./sim-disk.ts";
import { SimJournal } from "./sim-journal.ts";
import { Trace } from "../world/trace.ts";
import { World } from "../world/world.ts";

const identity = {
  clusterId: new Uint8Array(32).fill(1),
  replica: 2,
  genesis: new Uint8Array(32).fill(9),
  sha256: nodeCrypto.sha256,
};

function createRig(): Promise<JournalRig> {
  const world = new World(1, new Trace(null));
  const disk = new SimDisk(identity.sha256);
  const clock = createSimClock(world, {
    skewMicros: () => 0,
    isAlive: () => true,
    isPaused: () => false,
    hasPromises: true,
  });
  return Promise.resolve({
    ...identity,
    create: () =>
      new SimJournal({
        world,
        disk,
        owner: identity,
        sha256: identity.sha256,
        clock,
        events: { onFatal: (reason) => assert(false, reason) },
        flushMicros: () => 100,
        isKilledAt: () => false,
        troubleAt: () => null,
      }),
    settle: async (promise) => {
      let isSettled = false;
      promise.then(
        () => (isSettled = true),
        () => (isSettled = true),
      );
      world.after(0, () => world.expectPromises());
      await world.run(Infinity, () => isSettled);
      return promise;
    },
    harm: (change) => {
      for (const file of disk.allFiles()) change(file);
      return Promise.resolve();
    },
    dispose: () => {
      disk.dispose();
      return Promise.resolve();
    },
  });
}

journalConformance(createRig);
blocksConformance(createRig);
