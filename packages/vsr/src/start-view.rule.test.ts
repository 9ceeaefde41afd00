import { bytesConcat, present, utf8Encode } from "@quorate/prelude";
import { sha256 } from "@quorate/prelude/testing";
import {
  asOp,
  asTimestampMicros,
  asView,
  decodeStatementHeader,
  hashEntryHeader,
  type MessageOf,
} from "@quorate/protocol";
import { entryOf } from "@quorate/proof/testing";
import { describe, expect, it } from "vitest";
import { messageIn } from "./testing/in-flight.ts";
import { KeyedSignatures } from "./testing/keyed-signatures.ts";
import { RigGateway } from "./testing/rig-gateway.ts";
import type { Rig } from "./testing/rig.ts";
import { electBy, logOf, request, startedRig } from "./testing/stories.ts";

type StartView = MessageOf<"startView">;

/**
 * Replica 2 has started view 2 with `x`, so many ticks after it was committed; its StartView is on
 * its way to replica 0.
 */
function startViewOnItsWay(ticks = 0): { readonly rig: Rig; readonly startView: StartView } {
  const rig = startedRig(3);
  request(rig, 1, 1, "x");
  rig.settle();
  rig.elapse(ticks);
  rig.crash(1);
  rig.network.hold({ command: "startView" });
  electBy(rig, 0, 2);
  const packet = present(rig.network.waiting({ to: 0, command: "startView" })[0]);
  return { rig, startView: messageIn(packet, "startView") };
}

const senderOf = (statement: Uint8Array): number => decodeStatementHeader(statement).sender;

describe("A1 a StartView is accepted only from the primary, proven, and newer", () => {
  it("is refused from anybody but the primary of its view", () => {
    const { rig, startView } = startViewOnItsWay();
    rig.inject(0, 1, rig.sign(1, 2, startView));
    expect(rig.ignored(0).at(-1)).toBe("not from the primary");
    expect(rig.replica(0).lastNormalView).toBe(1);
  });

  it("is refused when its proof or its selection does not hold", () => {
    const { rig, startView } = startViewOnItsWay();
    const { votes, doViewChanges } = startView;
    const op1 = rig.replica(0).log.positionAt(asOp(1));
    const false1: readonly StartView[] = [
      { ...startView, votes: votes.slice(1) },
      { ...startView, votes: [present(votes[0]), present(votes[0])] },
      { ...startView, doViewChanges: doViewChanges.slice(1) },
      { ...startView, doViewChanges: [present(doViewChanges[0]), present(doViewChanges[0])] },
      { ...startView, doViewChanges: [...doViewChanges, present(votes[0])] },
      { ...startView, head: op1 },
      { ...startView, commit: asOp(2) },
    ];
    for (const message of false1) rig.inject(0, 2, rig.sign(2, 2, message));
    expect(rig.ignored(0).slice(-false1.length)).toEqual(false1.map(() => "selection not valid"));
    expect(rig.replica(0)).toMatchObject({ view: 2, lastNormalView: 1, fetch: null });
    rig.inject(0, 2, rig.sign(2, 2, startView));
    rig.settle();
    expect(rig.replica(0).lastNormalView).toBe(2);
  });

  it("is refused when it is of an older view", () => {
    const { rig, startView } = startViewOnItsWay();
    rig.restart(1);
    rig.crash(2);
    electBy(rig, 1, 0);
    rig.elapse(100);
    expect(rig.replica(0).view).toBe(3);
    rig.inject(0, 2, rig.sign(2, 2, startView));
    expect(rig.ignored(0).at(-1)).toBe("older view");
  });

  it("is ignored when it is a duplicate, so it rolls nothing back", () => {
    const { rig, startView } = startViewOnItsWay();
    rig.network.release();
    rig.settle();
    request(rig, 2, 2, "y");
    rig.settle();
    rig.elapse(6);
    expect(logOf(rig, 0)).toEqual(["1@1", "2@1", "3@2"]);
    rig.inject(0, 2, rig.sign(2, 2, startView));
    rig.settle();
    expect(rig.ignored(0).at(-1)).toBe("already installed");
    expect(logOf(rig, 0)).toEqual(["1@1", "2@1", "3@2"]);
    expect(rig.executed(0)).toEqual(["x", "y"]);
  });
});

describe("A1 a log that leaves out what was executed is none that a valid selection leads to", () => {
  /** Signed by replica 2 alone: two entries in the place of `x`, which it has acknowledged. */
  function lieOf(rig: Rig, view: number): MessageOf<"doViewChange"> {
    const { log } = rig.replica(0);
    const base = log.positionAt(asOp(1));
    const two = { ...present(log.slotAt(2)).header, requestsDigest: sha256(utf8Encode("lie")) };
    const parent = hashEntryHeader(two, sha256);
    const timestampMicros = asTimestampMicros(two.timestampMicros + 1);
    const three = { ...two, op: asOp(3), parent, timestampMicros };
    return {
      command: "doViewChange",
      lastNormalView: asView(view - 1),
      head: { op: three.op, hash: hashEntryHeader(three, sha256) },
      commit: base.op,
      headers: [two, three].map((header) => ({ header, state: "present" })),
    };
  }

  function liedTo(): { readonly rig: Rig; readonly lie: Uint8Array } {
    const { rig, startView } = startViewOnItsWay(10);
    expect(rig.executed(0)).toEqual(["x"]);
    const change = lieOf(rig, 2);
    const honest = startView.doViewChanges.filter((each) => senderOf(each) !== 2);
    const doViewChanges = [...honest, rig.sign(2, 2, change)];
    const lie = rig.sign(2, 2, { ...startView, head: change.head, doViewChanges });
    rig.crash(2);
    rig.network.take({});
    rig.network.release();
    return { rig, lie };
  }

  it("so a backup installs nothing of it, says so once, and votes for the next view", () => {
    const { rig, lie } = liedTo();
    const before = logOf(rig, 0);
    rig.inject(0, 2, lie);
    expect(rig.ignored(0)).not.toContain("selection not valid");
    rig.tick(0, 20);
    rig.inject(0, 2, lie);
    expect(rig.ignored(0).at(-1)).toBe("executed entry left out");
    expect(rig.alarms(0)).toEqual(["executed-entry-left-out"]);
    expect(rig.stops(0)).toEqual([]);
    expect(logOf(rig, 0)).toEqual(before);
    expect(rig.replica(0)).toMatchObject({ view: 2, lastNormalView: 1, fetch: null });
    expect(rig.network.sent({ from: 0, command: "startViewChange", view: 3 })).not.toEqual([]);
  });

  it("so a backup that executes it only while the bodies are fetched installs nothing either", () => {
    const { rig, startView } = startViewOnItsWay(10);
    rig.crash(2);
    rig.network.take({});
    rig.restart(0);
    rig.disk(0).hold("read");
    const { log } = rig.replica(0);
    const timestampMicros = log.timestampOfHead();
    const two = entryOf({
      parent: log.positionAt(asOp(1)),
      view: 1,
      timestampMicros,
      label: "lie",
    });
    const parent = { op: two.header.op, hash: two.hash };
    const three = entryOf({ parent, view: 1, timestampMicros: timestampMicros + 1 });
    const head = { op: three.header.op, hash: three.hash };
    const change = {
      ...lieOf(rig, 2),
      head,
      headers: [two, three].map(({ header }) => ({ header, state: "present" as const })),
    };
    const honest = startView.doViewChanges.filter((each) => senderOf(each) !== 2);
    const doViewChanges = [...honest, rig.sign(2, 2, change)];
    rig.inject(0, 2, rig.sign(2, 2, { ...startView, head, doViewChanges }));
    expect(rig.replica(0)).toMatchObject({ executed: 0, fetch: { state: "bodies", fork: 1 } });
    rig.disk(0).release();
    rig.completeAll(0);
    expect(rig.executed(0)).toEqual(["x"]);
    const { nonce } = present(rig.replica(0).fetch);
    const headers = [two.header, three.header];
    const entries = rig.sign(2, 2, { command: "entries", nonce, headers });
    rig.inject(0, 2, bytesConcat(entries, two.body, three.body));
    rig.completeAll(0);
    expect(rig.alarms(0)).toEqual(["executed-entry-left-out"]);
    expect(logOf(rig, 0)).toEqual(["1@1", "2@1"]);
    expect(rig.replica(0)).toMatchObject({ view: 2, lastNormalView: 1, fetch: null });
  });

  it("so a new primary starts no view with it, and those who hold the entry go on", () => {
    const { rig } = liedTo();
    rig.timeOut(0);
    rig.inject(0, 2, rig.sign(2, 3, { command: "startViewChange" }));
    rig.completeAll(0);
    rig.inject(0, 2, rig.sign(2, 3, lieOf(rig, 3)));
    rig.tick(0, 20);
    expect(rig.alarms(0)).toEqual(["executed-entry-left-out"]);
    expect(rig.replica(0)).toMatchObject({ view: 3, lastNormalView: 1, acting: null });
    rig.restart(1);
    rig.elapse(1_000);
    const primary = [0, 1].find((index) => rig.replica(index).acting !== null);
    request(rig, present(primary), 2, "y");
    rig.elapse(10);
    for (const index of [0, 1]) expect(rig.executed(index)).toEqual(["x", "y"]);
  });
});

describe("A1 a log that holds what nobody asked for is not installed, though it is selected", () => {
  it("so a lying primary invents no request, and stops nobody by one that cannot be read", () => {
    for (const statement of [inventedRequest(), utf8Encode("no statement")]) {
      const { rig, startView } = startViewOnItsWay();
      const { log } = rig.replica(0);
      const items = [{ kind: "request", statement }] as const;
      const timestampMicros = log.timestampOfHead() + 1;
      const entry = entryOf({ parent: log.head, view: 1, timestampMicros, items });
      const { header, hash, body } = entry;
      const head = { op: header.op, hash };
      const headers = [{ header, state: "present" }] as const;
      const asView1 = { lastNormalView: asView(1), commit: head.op, head, headers };
      const lie = rig.sign(2, 2, { command: "doViewChange", ...asView1 });
      const honest = startView.doViewChanges.filter((each) => senderOf(each) !== 2);
      const doViewChanges = [...honest, lie];
      rig.crash(2);
      rig.network.take({});
      rig.inject(0, 2, rig.sign(2, 2, { ...startView, head, commit: head.op, doViewChanges }));
      rig.tick(0, 100);
      const { nonce } = present(rig.replica(0).fetch);
      const entries = rig.sign(2, 2, { command: "entries", nonce, headers: [header] });
      rig.inject(0, 2, bytesConcat(entries, body));
      rig.completeAll(0);
      expect(rig.ignored(0).at(-1)).toBe("request not admitted");
      expect(rig.replica(0)).toMatchObject({ view: 2, lastNormalView: 1 });
      expect(rig.executed(0)).toEqual([]);
    }
  });

  /** Under a session that exists, as a gateway would say it, but not signed by one. */
  function inventedRequest(): Uint8Array {
    const admission = startedRig(3).admission;
    const gateway = new KeyedSignatures().signerFor("gateway", 0);
    const signer = { ...gateway, sign: () => new Uint8Array(64) };
    const session = { op: asOp(1), index: 0 };
    return new RigGateway(0, admission, signer).request(1, ["invented"], session);
  }
});

describe("A2 a replica says one thing in one view change", () => {
  it("sends the same bytes after a restart that finds a rotten entry", () => {
    const { rig } = startViewOnItsWay();
    const [first] = rig.network.sent({ from: 0, command: "doViewChange", view: 2 });
    rig.crash(2);
    rig.crash(0);
    rig.restart(0, { corrupt: [2] });
    const before = rig.network.sent({ from: 0, command: "doViewChange", view: 2 }).length;
    rig.tick(0, 20);
    const again = rig.network.sent({ from: 0, command: "doViewChange", view: 2 }).slice(before);
    expect(again.length).toBeGreaterThan(0);
    for (const { bytes } of again) expect(bytes).toEqual(first?.bytes);
  });

  it("cancels unfinished appends before it says anything", () => {
    const rig = startedRig(3);
    rig.isolate(1);
    rig.disk(1).hold("append");
    request(rig, 1, 1, "unfinished");
    rig.elapse(105);
    rig.network.heal();
    rig.crash(2);
    electBy(rig, 0, 1);
    const [change] = rig.network.sent({ from: 1, command: "doViewChange", view: 2 });
    expect(change?.message).toMatchObject({ head: { op: 1 } });
    rig.disk(1).release();
    rig.settle();
    expect(rig.replica(1).log.headOp).toBe(1);
  });
});

describe("A6 an incarnation is the life of a disk", () => {
  it("and what was said in another one stays good inside a StartView", () => {
    const { rig, startView } = startViewOnItsWay();
    const vote = rig.sign(1, 2, { command: "startViewChange" }, 7);
    rig.inject(0, 2, rig.sign(2, 2, { ...startView, votes: [present(startView.votes[0]), vote] }));
    rig.settle();
    expect(rig.replica(0)).toMatchObject({ view: 2, status: "normal" });
  });
});
