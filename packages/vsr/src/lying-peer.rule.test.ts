/** VRR §5.2 by certificates: what a lying or a silent peer can do to a transfer, which is little. */
import { present } from "@quorate/prelude";
import { describe, expect, it } from "vitest";
import { messageIn } from "./testing/in-flight.ts";
import { expectCaughtUp, leftBehind, settledTicks } from "./testing/left-behind.ts";

describe("a peer that lies in a transfer", () => {
  it("is named and asked no more; another one's blocks are taken", () => {
    const rig = leftBehind();
    rig.network.heal();
    rig.network.hold({ command: "blocks" });
    rig.elapse(30);
    const packet = present(rig.network.waiting({ to: 0, command: "blocks" }).at(-1));
    const answer = messageIn(packet, "blocks");
    const lies = new Uint8Array(answer.lengths.reduce<number>((sum, each) => sum + (each ?? 0), 0));
    const statement = rig.sign(packet.from, packet.view, answer);
    rig.network.take({ to: 0, command: "blocks" });
    rig.inject(0, packet.from, new Uint8Array([...statement, ...lies]));
    expect(rig.alarms(0)).toContain("lying-peer");
    rig.network.release();
    rig.elapse(settledTicks);
    expectCaughtUp(rig, 0, 1);
  });

  it("cannot offer a checkpoint that a quorum has not signed", () => {
    const rig = leftBehind();
    const good = present(rig.disk(1).superblock.checkpoints.at(-1));
    rig.network.heal();
    rig.network.hold({ command: "newState" });
    rig.elapse(30);
    const { nonce } = present(rig.replica(0).fetch);
    const forged = { ...good, stateRoot: good.headHash, signatures: good.signatures };
    const headers = rig
      .replica(1)
      .log.tail(100)
      .map(({ header }) => header);
    const message = {
      command: "newState",
      nonce,
      headers: headers.toReversed(),
      checkpoint: forged,
    } as const;
    rig.inject(0, 2, rig.sign(2, 1, message));
    expect(rig.ignored(0)).toContain("certificate not valid");
    expect(rig.replica(0).load).toBeNull();
    rig.network.release();
    rig.elapse(settledTicks);
    expectCaughtUp(rig, 0, 1);
  });

  it("cannot stall it: what it does not answer is asked of others", () => {
    const rig = leftBehind(5);
    rig.network.heal();
    rig.network.cut({ from: 1, to: 0, command: "blocks" });
    rig.elapse(2 * settledTicks);
    expectCaughtUp(rig, 0, 2);
  });
});
