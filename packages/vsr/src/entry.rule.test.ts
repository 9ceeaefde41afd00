import { bytesConcat, present } from "@quorate/prelude";
import { asOp, type Entry, type EntryHeader, type EntryItem } from "@quorate/protocol";
import { describe, expect, it } from "vitest";
import { entryOf } from "@quorate/proof/testing";
import { defaultOptions } from "./options.ts";
import { messageIn } from "./testing/in-flight.ts";
import type { Rig } from "./testing/rig.ts";
import { electBy, logOf, request, startedRig } from "./testing/stories.ts";

/** A Prepare of replica 1's in view 1, as it or a liar with its key could send it. */
function prepareOf(rig: Rig, { header, body }: Entry, commit = 1): Uint8Array {
  const prepare = { command: "prepare", header, commit: asOp(commit), certificate: null } as const;
  return bytesConcat(rig.sign(1, 1, prepare), body);
}

function nextEntry(rig: Rig, index: number, parts: { view?: number; items?: EntryItem[] }): Entry {
  const { log } = rig.replica(index);
  const timestampMicros = log.timestampOfHead() + 1;
  return entryOf({ parent: log.head, view: 1, timestampMicros, ...parts });
}

describe("S8 the hashed entry never changes", () => {
  it("is the same entry when it is sent again with a newer commit", () => {
    const rig = startedRig(3);
    request(rig, 1, 1, "x");
    rig.deliver({ to: 0, command: "prepare" });
    const { header } = messageIn(
      present(rig.network.sent({ from: 1, to: 0, command: "prepare" }).at(-1)),
      "prepare",
    );
    const { hash } = rig.replica(0).log.head;
    const body = present(rig.replica(1).cache.get(rig.replica(1).log.head)).body;
    rig.inject(0, 1, prepareOf(rig, { header, hash, body }, 2));
    expect(rig.ignored(0).at(-1)).toBe("already held");
    expect(rig.replica(0).log.head).toEqual({ op: 2, hash });
  });

  it("takes above StartView.op only entries that were created in this view", () => {
    const rig = startedRig(3);
    rig.inject(0, 1, prepareOf(rig, nextEntry(rig, 0, { view: 0 })));
    expect(rig.ignored(0).at(-1)).toBe("not the view of the entry");
    rig.inject(0, 1, prepareOf(rig, nextEntry(rig, 0, {})));
    expect(logOf(rig, 0)).toEqual(["1@1", "2@1 appending"]);
  });

  it("takes no other entry for one that it holds", () => {
    const rig = startedRig(3);
    request(rig, 1, 1, "x");
    rig.deliver({ to: 0, command: "prepare" });
    const { log } = rig.replica(0);
    const rival = entryOf({
      parent: log.positionAt(asOp(1)),
      view: 1,
      timestampMicros: log.timestampOfHead(),
      label: "rival",
    });
    rig.inject(0, 1, prepareOf(rig, rival));
    expect(rig.ignored(0).at(-1)).toBe("another entry");
  });

  it("takes no entry with a body that its header does not name, and no invented request", () => {
    const rig = startedRig(3);
    const entry = nextEntry(rig, 0, {});
    const other = nextEntry(rig, 0, { items: [{ kind: "pulse" }] });
    rig.inject(0, 1, prepareOf(rig, { ...entry, body: other.body }));
    expect(rig.ignored(0).at(-1)).toBe("body does not match");
    const statement = rig.sign(1, 1, { command: "startViewChange" });
    const invented = nextEntry(rig, 0, { items: [{ kind: "request", statement }] });
    rig.inject(0, 1, prepareOf(rig, invented));
    expect(rig.ignored(0).at(-1)).toBe("request not admitted");
    expect(rig.replica(0).log.headOp).toBe(1);
  });
});

describe("an entry that was missed", () => {
  it("is judged as its Prepare would be: no invented request comes in by the back door", () => {
    const rig = startedRig(3);
    const statement = rig.sign(1, 1, { command: "startViewChange" });
    const invented = nextEntry(rig, 0, { items: [{ kind: "request", statement }] });
    const { header, hash } = invented;
    const commit = { command: "commit", commit: asOp(1), certificate: null, nonce: 99 } as const;
    rig.inject(0, 1, rig.sign(1, 1, { ...commit, head: { op: asOp(2), hash } }));
    const { nonce } = present(rig.replica(0).fetch);
    const headers = { command: "newState", nonce, headers: [header], checkpoint: null } as const;
    rig.inject(0, 1, rig.sign(1, 1, headers));
    const entries = {
      command: "entries",
      nonce: present(rig.replica(0).fetch).nonce,
      headers: [header],
    } as const;
    rig.inject(0, 1, bytesConcat(rig.sign(1, 1, entries), invented.body));
    expect(rig.ignored(0).at(-1)).toBe("request not admitted");
    expect(rig.replica(0)).toMatchObject({ log: { headOp: 1 }, fetch: null });
  });

  it("ends nobody when the primary names two at one op, in a Prepare and in a heartbeat", () => {
    const rig = startedRig(3);
    const { log } = rig.replica(0);
    const timestampMicros = log.timestampOfHead() + 1;
    const two = nextEntry(rig, 0, {});
    const three = entryOf({
      parent: { op: two.header.op, hash: two.hash },
      view: 1,
      timestampMicros: timestampMicros + 1,
    });
    const rival = entryOf({ parent: log.head, view: 1, timestampMicros, label: "rival" });
    const commit = { command: "commit", commit: asOp(1), certificate: null, nonce: 99 } as const;
    const head = { op: three.header.op, hash: three.hash };
    rig.inject(0, 1, rig.sign(1, 1, { ...commit, head }));
    const answer = (command: "newState" | "entries", headers: readonly EntryHeader[]) => {
      const { nonce } = present(rig.replica(0).fetch);
      return rig.sign(1, 1, { command, nonce, headers, checkpoint: null });
    };
    rig.inject(0, 1, answer("newState", [three.header, two.header]));
    rig.inject(0, 1, prepareOf(rig, rival));
    const entries = answer("entries", [two.header, three.header]);
    rig.inject(0, 1, bytesConcat(entries, two.body, three.body));
    expect(rig.ignored(0).at(-1)).toBe("not chained");
    expect(rig.replica(0)).toMatchObject({ log: { headOp: 2 }, fetch: null });
  });
});

const hourMicros = 3_600_000_000;

describe("L4 an entry's time is refused only when it is new and too far ahead", () => {
  it("refuses the entries of a primary whose clock is ahead, which then hands over", () => {
    const rig = startedRig(3);
    rig.setClockAhead(1, hourMicros);
    rig.disk(1).hold("append");
    request(rig, 1, 1, "ahead");
    rig.settle();
    expect(rig.replica(0).log.headOp).toBe(1);
    expect(rig.network.sent({ to: 1, command: "rejectClock" })).toHaveLength(2);
    expect(rig.alarms(1)).toEqual(["clock-ahead"]);
    expect(rig.replica(1).acting).toBeNull();
    rig.elapse(30);
    expect(rig.replica(2).acting).not.toBeNull();
  });

  it("refuses them, too, when it has missed their Prepare and a heartbeat names them", () => {
    const rig = startedRig(3);
    rig.setClockAhead(1, hourMicros);
    rig.network.hold({ command: "rejectClock" });
    rig.network.hold({ command: "commitOk" });
    request(rig, 1, 1, "ahead");
    rig.settle();
    rig.tick(1, defaultOptions.heartbeatTicks);
    rig.settle();
    expect(logOf(rig, 1)).toEqual(["1@1", "2@1"]);
    expect([0, 2].map((index) => rig.replica(index).log.headOp)).toEqual([1, 1]);
    rig.network.release();
    rig.elapse(30);
    expect(rig.replica(2).acting).not.toBeNull();
  });

  it("does not let one replica that refuses end a view that a quorum follows", () => {
    const rig = startedRig(3);
    for (const index of [1, 2]) rig.setClockAhead(index, hourMicros);
    request(rig, 1, 1, "x");
    rig.settle();
    expect(rig.network.sent({ from: 0, to: 1, command: "rejectClock" })).toHaveLength(1);
    expect(rig.gateway.outcomes).toEqual(["x@1"]);
    expect(rig.replica(1).acting).not.toBeNull();
  });

  it("refuses for a while: who still leads then has measured its clock, and this one is wrong", () => {
    const rig = startedRig(5);
    rig.crash(3);
    rig.crash(4);
    for (const index of [1, 2]) rig.setClockAhead(index, hourMicros);
    request(rig, 1, 1, "x");
    rig.elapse(defaultOptions.abdicateTicks / 2);
    expect(rig.gateway.outcomes).toEqual([]);
    expect(rig.network.sent({ from: 0, to: 1, command: "rejectClock" })).not.toEqual([]);
    rig.elapse(defaultOptions.abdicateTicks);
    expect(rig.gateway.outcomes).toEqual(["x@1"]);
    expect(rig.replica(1).acting).not.toBeNull();
  });

  it("takes an entry of any age that arrives late", () => {
    const rig = startedRig(3);
    request(rig, 1, 1, "old");
    rig.setClockAhead(0, hourMicros);
    rig.deliver({ to: 0, command: "prepare" });
    expect(logOf(rig, 0)).toEqual(["1@1", "2@1 appending"]);
  });

  it("takes an entry of any age that was missed", () => {
    const rig = startedRig(3);
    rig.isolate(0);
    request(rig, 1, 1, "old");
    rig.settle();
    rig.network.heal();
    rig.setClockAhead(0, hourMicros);
    rig.elapse(10);
    expect(rig.executed(0)).toEqual(["old"]);
  });

  it("takes an entry that a view change has selected, and goes on from its time", () => {
    const rig = startedRig(3);
    rig.setClockAhead(1, hourMicros);
    rig.network.hold({ from: 0, command: "doViewChange" });
    request(rig, 1, 1, "ahead");
    rig.settle();
    rig.elapse(30);
    rig.network.release();
    const primary = [0, 1, 2].findIndex((index) => rig.replica(index).acting !== null);
    expect(primary).not.toBe(1);
    expect([0, 1, 2].map((index) => rig.executed(index))).toEqual([
      ["ahead"],
      ["ahead"],
      ["ahead"],
    ]);
    const jump = rig.replica(0).log.timestampOfHead();
    request(rig, primary, 2, "later");
    rig.settle();
    expect(rig.gateway.outcomes.at(-1)).toBe("later@2");
    expect(rig.replica(primary).acting).not.toBeNull();
    expect(rig.replica(0).log.timestampOfHead()).toBe(jump + 1);
  });

  it("never refuses the past: a clock that was set back still gives times that increase", () => {
    const rig = startedRig(3);
    request(rig, 1, 1, "x");
    rig.settle();
    const before = rig.replica(0).log.timestampOfHead();
    rig.setClockAhead(1, -hourMicros / 4);
    request(rig, 1, 2, "y");
    rig.settle();
    expect(rig.gateway.outcomes).toEqual(["x@1", "y@2"]);
    expect(rig.replica(0).log.timestampOfHead()).toBe(before + 1);
  });

  it("refuses an entry that is not later than the one before", () => {
    const rig = startedRig(3);
    const { log } = rig.replica(0);
    const timestampMicros = log.timestampOfHead();
    rig.inject(0, 1, prepareOf(rig, entryOf({ parent: log.head, view: 1, timestampMicros })));
    expect(rig.ignored(0).at(-1)).toBe("not chained");
    electBy(rig, 0, 2);
    expect(rig.replica(2).acting).not.toBeNull();
  });
});
