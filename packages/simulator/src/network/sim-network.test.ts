import type { PeerId } from "@quorate/ports";
import { transportConformance } from "@quorate/ports/conformance/transport";
import { Trace } from "../world/trace.ts";
import { World } from "../world/world.ts";
import { SimNetwork } from "./sim-network.ts";

/** The suite waits in real time; as often as this, in ms, so much virtual time passes for it. */
const stepMs = 1;
const stepMicros = 10_000;

const leftId: PeerId = { kind: "replica", index: 0 };
const rightId: PeerId = { kind: "replica", index: 1 };

transportConformance((leftEvents, rightEvents) => {
  const world = new World(1, new Trace(null));
  const network = new SimNetwork(world);
  const timer = setInterval(() => {
    void world.run(world.nowMicros + stepMicros, () => false);
  }, stepMs);
  return Promise.resolve({
    left: network.transportFor(leftId, leftEvents),
    leftId,
    right: network.transportFor(rightId, rightEvents),
    rightId,
    stranger: { kind: "gateway", index: 3 },
    recreateRight: (events) => network.transportFor(rightId, events),
    close: () => {
      clearInterval(timer);
      return Promise.resolve();
    },
  });
});
