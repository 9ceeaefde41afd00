import { stripVTControlCharacters } from "node:util";
import type { Cluster, Member } from "@quorate/sdk";
import { expect, test } from "vitest";
import { paintOf } from "../output/style.ts";
import { pictureText } from "./picture.ts";

function member(id: string, changes: Partial<Member> = {}): Member {
  return {
    id,
    index: Number(id.slice(1)),
    role: "voter",
    status: "normal",
    view: 42,
    op: 184_502,
    commit: 184_502,
    lagOps: 0,
    lagMs: 0,
    lastSeenMs: 12,
    keyId: "key",
    keyAgeMs: 0,
    version: "0.1.0",
    fsyncMsP99: 1.8,
    signatureRejects: 0,
    safeToStop: true,
    ...changes,
  };
}

function cluster(members: readonly Member[], changes: Partial<Cluster> = {}): Cluster {
  return {
    clusterId: "c1",
    epoch: 3,
    view: 42,
    status: "normal",
    primary: "r0",
    commit: 184_502,
    quorum: { needed: 2, reachable: 3, canLose: 1 },
    members,
    asOfMs: 200,
    coord: { epoch: 3, view: 42, op: 184_502 },
    ...changes,
  };
}

function drawn(state: Cluster, columns = 84): string {
  return `\n${pictureText(state, { paint: paintOf(false), columns, name: "prod-eu" })}\n`;
}

test("a healthy cluster: a lane for each, the commit line, what is in flight", () => {
  const state = cluster([
    member("r0", { op: 184_508 }),
    member("r1", { op: 184_504 }),
    member("r2", { op: 184_499, lagOps: 3 }),
  ]);
  expect(drawn(state)).toMatchInlineSnapshot(`
    "
    prod-eu  epoch 3  view 42  r0 leads  commit 184 502 (+6 in flight)  can lose 1

    r0 ▲ primary  ████████████████████████████████████████┃▨▨▨▨▨▨  fsync 1.8 ms
    r1   backup   ████████████████████████████████████████┃▨▨□□□□  fsync 1.8 ms
    r2   backup   ██████████████████████████████████████▊ ┃□□□□□□  −3 ops
                  −100                       commit 184 502

    r0 leads view 42; everything up to 184 502 is final. You can lose 1 replica and keep
    working.
    "
  `);
});

test("one far behind, one unreachable, one whose name is misused", () => {
  const state = cluster(
    [
      member("r0"),
      member("r1", { op: 172_022, lagOps: 12_480, lagMs: 3000 }),
      member("r2"),
      member("r3", { signatureRejects: 14 }),
      member("r4", { status: "unreachable", lastSeenMs: 42_000, op: 170_000 }),
    ],
    { quorum: { needed: 3, reachable: 4, canLose: 1 } },
  );
  expect(drawn(state)).toMatchInlineSnapshot(`
    "
    prod-eu  epoch 3  view 42  r0 leads  commit 184 502  can lose 1

    r0 ▲ primary      █████████████████████████████████┃  fsync 1.8 ms
    r1 ◔ behind       ████████████████████████████▉    ┃  −12 480 ops
    r2   backup       █████████████████████████████████┃  fsync 1.8 ms
    r3   backup       █████████████████████████████████┃  fsync 1.8 ms  ⚠ 14 rejected
    r4 ✕ unreachable  ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌┃  last seen 42 s ago, op 170 000
                      −100 000            commit 184 502

    r0 leads view 42; everything up to 184 502 is final. r1 is 12 480 ops behind (about
    3 s). r4 has been unreachable for 42 s. You can lose 1 replica and keep working.
    "
  `);
});

test("a view change: the line is broken, and nobody is said to be lost who still votes", () => {
  const state = cluster(
    [
      member("r0", { status: "unreachable", lastSeenMs: 800 }),
      member("r1", { status: "view-change", op: 184_506 }),
      member("r2", { status: "view-change", op: 184_504 }),
    ],
    {
      status: "view-change",
      view: 43,
      primary: null,
      quorum: { needed: 2, reachable: 0, canLose: 0 },
    },
  );
  expect(drawn(state)).toMatchInlineSnapshot(`
    "
    prod-eu  epoch 3  view 43  nobody leads  commit 184 502 (+4 in flight)  view change

    r0 ✕ unreachable  ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌┇  last seen 800 ms ago, op 184 502
    r1 ◌ electing     ███████████████████████████┇▨▨▨▨  fsync 1.8 ms
    r2 ◌ electing     ███████████████████████████┇▨▨□□  fsync 1.8 ms
                      −100       frozen at 184 502

    The replicas are choosing the primary of view 43; everything up to 184 502 is final,
    new writes wait. r0 has been unreachable for 800 ms.
    "
  `);
});

test("no quorum, known only from long ago", () => {
  const state = cluster(
    [
      member("r0", { status: "unreachable", lastSeenMs: 800_000 }),
      member("r1", { status: "unreachable", lastSeenMs: null, op: 0 }),
      member("r2", { status: "view-change" }),
    ],
    {
      status: "no-quorum",
      primary: null,
      asOfMs: 5000,
      quorum: { needed: 2, reachable: 1, canLose: 0 },
    },
  );
  expect(drawn(state)).toMatchInlineSnapshot(`
    "
    prod-eu  epoch 3  view 42  nobody leads  commit 184 502  no quorum  as of 5 s ago

    r0 ✕ unreachable  ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌┃  last seen 13 min 20 s ago, op 184 502
    r1 ✕ unreachable  ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌┃  never heard
    r2 ◌ electing     ██████████████████████████┃  fsync 1.8 ms
                      −100         commit 184 502

    No quorum: 1 of 3 replicas can work together, 2 are needed. Everything up to 184 502
    is final; nothing new is accepted. r0 has been unreachable for 13 min 20 s. r1 has
    not been heard.
    "
  `);
});

test("a single replica is said to have no fault tolerance", () => {
  const state = cluster([member("r0")], { quorum: { needed: 1, reachable: 1, canLose: 0 } });
  expect(drawn(state, 120)).toContain("There is no fault tolerance: it is the only replica.");
});

test("every line fits a narrow terminal, and colours change no character", () => {
  const state = cluster([member("r0", { op: 184_530 }), member("r1"), member("r2")]);
  for (const columns of [60, 44]) {
    const lines = drawn(state, columns).split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
  }
  const colored = pictureText(state, { paint: paintOf(true), columns: 60, name: "prod-eu" });
  expect(`\n${stripVTControlCharacters(colored)}\n`).toBe(drawn(state, 60));
});
