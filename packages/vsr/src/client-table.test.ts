import { present } from "@quorate/prelude";
import { asOp, asRequestNumber, keptResultsBytesMax, sessionsMax } from "@quorate/protocol";
import { describe, expect, it } from "vitest";
import { ClientTable, isLastRequest, type Session } from "./client-table.ts";

function sessionAt(op: number, index = 0, parts: Partial<Session> = {}): Session {
  return {
    id: { op: asOp(op), index },
    gateway: 0,
    nonce: Uint8Array.of(op, op >> 8, index),
    number: asRequestNumber(0),
    digest: new Uint8Array(0),
    results: [],
    lastOp: asOp(op),
    ...parts,
  };
}

describe("the client table", () => {
  it("finds a session by its place in the log and by its gateway's nonce", () => {
    const table = new ClientTable();
    const session = table.register(sessionAt(3, 1));
    expect(table.find({ op: asOp(3), index: 1 })).toBe(session);
    expect(table.find({ op: asOp(3), index: 0 })).toBeNull();
    expect(table.findByNonce(0, session.nonce)).toBe(session);
    expect(table.findByNonce(1, session.nonce)).toBeNull();
  });

  it("registers one session for each nonce of a gateway, the first one", () => {
    const table = new ClientTable();
    const first = table.register(sessionAt(1));
    const { nonce } = first;
    expect(table.register(sessionAt(2, 0, { nonce }))).toBe(first);
    expect(table.size).toBe(1);
    table.register(sessionAt(2, 0, { nonce, gateway: 1 }));
    expect(table.size).toBe(2);
  });

  it("evicts the session that has been idle for longest when it is full", () => {
    const table = new ClientTable();
    for (let op = 1; op <= sessionsMax; op++) table.register(sessionAt(op));
    const first = table.find({ op: asOp(1), index: 0 });
    if (first !== null) first.lastOp = asOp(sessionsMax + 1);
    table.register(sessionAt(sessionsMax + 2));
    expect(table.size).toBe(sessionsMax);
    expect(table.find({ op: asOp(1), index: 0 })).toBe(first);
    expect(table.find({ op: asOp(2), index: 0 })).toBeNull();
    expect(table.findByNonce(0, sessionAt(2).nonce)).toBeNull();
  });

  it("never evicts a gateway's fair share for one that registers without end", () => {
    const table = new ClientTable();
    const gateways = 4;
    const share = sessionsMax / gateways;
    const countOf = (gateway: number): number =>
      table.sorted().filter((session) => session.gateway === gateway).length;
    for (let op = 1; op <= 5 * sessionsMax; op++) {
      // Gateway 0 registers far more often than the others, and also when they have their shares.
      const isOther = op % 5 === 0 && op <= 5 * (gateways - 1) * share;
      const gateway = isOther ? 1 + ((op / 5) % (gateways - 1)) : 0;
      table.register(sessionAt(op, 0, { gateway }));
    }
    expect([0, 1, 2, 3].map(countOf)).toEqual([share, share, share, share]);
    expect(table.size).toBe(sessionsMax);
  });

  it("gives a gateway that comes late its share, at the cost of the one that has most", () => {
    const table = new ClientTable();
    for (let op = 1; op <= sessionsMax; op++) {
      table.register(sessionAt(op, 0, { gateway: op <= 56 ? 1 : 0 }));
    }
    for (let op = 1; op <= 3; op++) table.register(sessionAt(sessionsMax + op, 0, { gateway: 2 }));
    const sorted = table.sorted();
    expect(sorted.filter(({ gateway }) => gateway === 1)).toHaveLength(56);
    expect(sorted.filter(({ gateway }) => gateway === 2)).toHaveLength(3);
    // The idlest of gateway 0 are gone.
    expect(sorted.find(({ gateway }) => gateway === 0)?.id.op).toBe(60);
  });

  it("forgets outcomes of the gateway that has most of them, its idlest first, and no number", () => {
    const table = new ClientTable();
    const outcome = [new Uint8Array(keptResultsBytesMax / 32)];
    const number = asRequestNumber(4);
    const modest = table.register(sessionAt(1, 0, { gateway: 1, number }));
    table.keepResults(modest, outcome);
    const greedy = Array.from({ length: 40 }, (_, at) => {
      const session = table.register(sessionAt(2 + at, 0, { number }));
      table.keepResults(session, outcome);
      return session;
    });
    expect(modest.results).toBe(outcome);
    expect(greedy.map(({ results }) => results.length).indexOf(1)).toBe(9);
    expect(greedy.filter(({ results }) => results.length === 1)).toHaveLength(31);
    expect(greedy.every((session) => session.number === number)).toBe(true);
    // What a newer request replaces, and what an evicted session had, counts no more.
    table.keepResults(present(greedy[9]), []);
    table.keepResults(present(greedy[0]), outcome);
    expect(greedy.map(({ results }) => results.length).indexOf(1, 1)).toBe(10);
    const copy = new ClientTable();
    copy.replace(table.sorted().map((session) => ({ ...session })));
    copy.keepResults(copy.register(sessionAt(99)), outcome);
    expect(copy.find(present(greedy[0]).id)?.results).toEqual([]);
  });

  it("evicts the same session on every replica, whatever the order of registration", () => {
    const sessions = Array.from({ length: sessionsMax }, (_, index) => {
      return sessionAt(1, index, { lastOp: asOp(7) });
    });
    const tables = [sessions, sessions.toReversed()].map((each) => {
      const table = new ClientTable();
      for (const session of each) table.register({ ...session });
      table.register(sessionAt(9));
      return table.sorted().map(({ id }) => id);
    });
    expect(tables[0]).toEqual(tables[1]);
    expect(tables[0]?.[0]).toEqual({ op: 1, index: 1 });
  });

  it("lists its sessions in the order of their ids", () => {
    const table = new ClientTable();
    for (const [op, index] of [
      [2, 1],
      [1, 5],
      [2, 0],
    ] as const) {
      table.register(sessionAt(op, index));
    }
    expect(table.sorted().map(({ id }) => [id.op, id.index])).toEqual([
      [1, 5],
      [2, 0],
      [2, 1],
    ]);
  });

  it("knows the last request by its number and its digest", () => {
    const session = sessionAt(1, 0, { number: asRequestNumber(4), digest: Uint8Array.of(1, 2) });
    expect(isLastRequest(session, 4, Uint8Array.of(1, 2))).toBe(true);
    expect(isLastRequest(session, 4, Uint8Array.of(1, 3))).toBe(false);
    expect(isLastRequest(session, 3, Uint8Array.of(1, 2))).toBe(false);
  });
});
