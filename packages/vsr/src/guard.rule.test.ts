/**
 * The guard against signing twice: what is signed in a PrepareOk, DoViewChange, StartView or
 * Checkpoint is on the disk before the signature leaves, so that no life of a replica contradicts
 * an earlier one. A Prepare does not wait; its permission ends with the process instead (S4).
 *
 * Every scenario of this package is watched for it (`testing/rig-watch`): each statement that
 * leaves is held against the disk at that moment, and against all that its signer ever signed.
 */
import { Prng } from "@quorate/prelude";
import { asOp, type Command } from "@quorate/protocol";
import { describe, expect, it, test } from "vitest";
import { work } from "./testing/left-behind.ts";
import { messageIn } from "./testing/in-flight.ts";
import type { Rig } from "./testing/rig.ts";
import { electBy, request, startedRig } from "./testing/stories.ts";

const sentBy = (rig: Rig, from: number, command: Command, view: number): number =>
  rig.network.sent({ from, command, view }).length;

describe("guard: a signature leaves after what it promises is on the disk", () => {
  it("PrepareOk waits for its entry, and a crash before that leaves nothing signed", () => {
    const rig = startedRig(3);
    const before = sentBy(rig, 0, "prepareOk", 1);
    rig.disk(0).hold("append");
    request(rig, 1, 1, "a");
    rig.settle();
    rig.elapse(5);
    expect(sentBy(rig, 0, "prepareOk", 1)).toBe(before);
    rig.crash(0);
    rig.restart(0);
    expect(rig.replica(0).log.headOp).toBe(1);
    rig.elapse(20);
    const last = rig.network.sent({ from: 0, command: "prepareOk", view: 1 }).at(-1);
    expect(last === undefined ? null : messageIn(last, "prepareOk").op).toBe(asOp(2));
    expect(rig.disk(0).hasStored(rig.replica(0).log.positionAt(asOp(2)).hash)).toBe(true);
  });

  it("DoViewChange waits for its view, and is repeated byte for byte after a crash", () => {
    const rig = startedRig(3);
    rig.crash(1);
    rig.disk(0).hold("write-superblock");
    rig.network.hold({ command: "startView" });
    electBy(rig, 2, 0);
    expect(rig.replica(0).view).toBe(2);
    expect(sentBy(rig, 0, "doViewChange", 2)).toBe(0);
    rig.disk(0).release();
    rig.settle();
    expect(sentBy(rig, 0, "doViewChange", 2)).toBe(1);
    rig.crash(0);
    rig.restart(0);
    rig.elapse(20);
    const [first, ...others] = rig.network.sent({ from: 0, command: "doViewChange", view: 2 });
    expect(others.length).toBeGreaterThan(0);
    for (const { bytes } of others) expect(bytes).toEqual(first?.bytes);
  });

  it("DoViewChange is lost with its view when the disk had neither", () => {
    const rig = startedRig(3);
    rig.crash(1);
    rig.disk(0).hold("write-superblock");
    electBy(rig, 2, 0);
    rig.crash(0);
    rig.restart(0);
    expect(rig.replica(0).view).toBe(1);
    rig.elapse(400);
    expect(rig.replica(0)).toMatchObject({ view: rig.replica(2).view, status: "normal" });
  });

  it("StartView waits for the last normal view; a crash before that starts it but once", () => {
    const rig = startedRig(3);
    rig.crash(1);
    rig.timeOut(0);
    rig.timeOut(2);
    rig.network.hold({ to: 2, command: "doViewChange" });
    rig.settle();
    rig.disk(2).hold("write-superblock");
    rig.network.release();
    rig.settle();
    expect(sentBy(rig, 2, "startView", 2)).toBe(0);
    rig.crash(2);
    rig.restart(2);
    expect(rig.replica(2)).toMatchObject({ view: 2, lastNormalView: 1 });
    rig.elapse(30);
    const sent = rig.network.sent({ from: 2, command: "startView", view: 2 });
    expect(new Set(sent.map(({ bytes }) => bytes.join())).size).toBe(1);
  });

  it("StartView is not said again by a life that did not write it", () => {
    const rig = startedRig(3);
    request(rig, 1, 1, "a");
    rig.settle();
    const before = sentBy(rig, 1, "startView", 1);
    rig.crash(1);
    rig.restart(1);
    rig.elapse(100);
    expect(sentBy(rig, 1, "startView", 1)).toBe(before);
  });

  it("Checkpoint waits for its blocks and its name, and is signed the same after a crash", () => {
    const rig = startedRig(3, { checkpointOps: 4 });
    rig.disk(0).hold("write-blocks");
    work(rig, 1, 3);
    rig.elapse(30);
    expect(rig.network.sent({ from: 0, command: "checkpoint" })).toEqual([]);
    rig.crash(0);
    rig.restart(0);
    rig.elapse(60);
    const roots = [0, 1, 2].flatMap((from) =>
      rig.network.sent({ from, command: "checkpoint" }).map((packet) => {
        const { op, stateRoot } = messageIn(packet, "checkpoint");
        return `${op} ${stateRoot.join()}`;
      }),
    );
    expect(new Set(roots).size).toBe(1);
  });

  it("S4 Prepare leaves at once, and its permission ends with the process", () => {
    const rig = startedRig(3);
    rig.disk(1).hold("append");
    const before = sentBy(rig, 1, "prepare", 1);
    request(rig, 1, 1, "a");
    expect(sentBy(rig, 1, "prepare", 1)).toBe(before + 2);
    rig.crash(1);
    rig.restart(1);
    const said = rig.network.sent({ from: 1, command: "prepare" }).length;
    request(rig, 1, 1, "b");
    rig.settle();
    expect(rig.network.sent({ from: 1, command: "prepare" }).slice(said)).toEqual([]);
  });
});

const members = [0, 1, 2] as const;

/** Whatever may happen next happens, in an order that the seed decides. */
class Wanderer {
  readonly rig = startedRig(3, { checkpointOps: 4, pipelineMax: 4 });
  crashes = 0;
  private readonly prng: Prng;
  private readonly down = new Set<number>();
  private asked = 0;

  constructor(seed: number) {
    this.prng = new Prng(seed);
  }

  wander(steps: number): void {
    for (let done = 0; done < steps; done++) {
      const choice = this.prng.below(100);
      if (choice < 45) this.deliver();
      else if (choice < 75) this.complete();
      else if (choice < 90) this.tick();
      else if (choice < 96) this.ask();
      else this.crashOrRestart();
    }
  }

  /** Everybody is up, and everything that was asked for settles. */
  rest(): void {
    for (const member of members) if (this.down.has(member)) this.rig.restart(member);
    this.down.clear();
    this.rig.elapse(400);
  }

  private get up(): readonly number[] {
    return members.filter((member) => !this.down.has(member));
  }

  private deliver(): void {
    const waiting = this.rig.network.waiting({});
    if (waiting.length === 0) return;
    const { from, to, command, view } = this.prng.pick(waiting);
    const packet = { from, to, command, view };
    const luck = this.prng.below(10);
    if (luck === 0) this.rig.drop(packet);
    else if (luck === 1) this.rig.duplicate(packet);
    else this.rig.deliver(packet);
  }

  private complete(): void {
    if (this.up.length === 0) return;
    const member = this.prng.pick(this.up);
    const input = this.rig.disk(member).completeNext();
    if (input !== null) this.rig.step(member, input);
  }

  private tick(): void {
    if (this.up.length > 0) this.rig.tick(this.prng.pick(this.up), this.prng.between(1, 40));
  }

  private ask(): void {
    if (this.up.length === 0) return;
    this.asked += 1;
    request(this.rig, this.prng.pick(this.up), this.asked, `${this.asked}`);
  }

  private crashOrRestart(): void {
    const member = this.prng.pick(members);
    if (this.down.delete(member)) return this.rig.restart(member);
    this.down.add(member);
    this.crashes += 1;
    this.rig.crash(member);
  }
}

test("guard: no life of a member contradicts an earlier one, whenever it ends", () => {
  let [crashes, views] = [0, 0];
  for (let seed = 1; seed <= 60; seed++) {
    const wanderer = new Wanderer(seed);
    wanderer.wander(400);
    wanderer.rest();
    const { rig } = wanderer;
    for (const member of members) {
      expect(rig.stops(member)).toEqual([]);
      expect(rig.executed(member)).toEqual(rig.executed(0));
    }
    crashes += wanderer.crashes;
    views += rig.replica(0).view;
  }
  // A walk that meets neither has shown nothing.
  expect(crashes).toBeGreaterThan(200);
  expect(views).toBeGreaterThan(100);
});
