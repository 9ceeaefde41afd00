import { utf8Encode } from "@quorate/prelude";
import type { Operation, Outcome, Question, SettleAction } from "@quorate/queue";
import { describe, expect, it } from "vitest";
import type { RecordedCall } from "./histories.ts";
import { callOf, queueModel } from "./history-queue-model.ts";
import { checkLinearizability } from "./linearizability.ts";

/** Calls one after the other; one without an answer may take effect whenever it likes. */
class Story {
  readonly calls: RecordedCall[] = [];
  private now = 0;

  constructor() {
    const precondition = { kind: "none" } as const;
    const put = { type: "put-queue", queue: "q", config: {}, precondition } as const;
    this.operation(put, { type: "queue-put" } as Outcome);
  }

  enqueue(
    id: string,
    told: { readonly seq: number; readonly isDuplicate?: boolean } | null,
    { group = "" }: { group?: string } = {},
  ): this {
    const bytes = utf8Encode(id);
    const message = {
      body: bytes,
      group: group === "" ? null : { id: utf8Encode(group), hash: utf8Encode(group) },
      dedup: { id: bytes, hash: bytes, fingerprint: bytes },
    };
    const asked = { type: "enqueue", queue: "q", form: "single", messages: [message] };
    const status = told?.isDuplicate === true ? "duplicate" : "accepted";
    const outcome = told && { type: "enqueued", results: [{ status, seq: told.seq }] };
    return this.operation(asked as unknown as Operation, outcome as Outcome | null);
  }

  dequeue(
    id: string,
    told: readonly (readonly [seq: number, body: string, fence: number])[] | null,
    { max = 1, replayed = false }: { max?: number; replayed?: boolean } = {},
  ): this {
    const asked = { type: "dequeue", queue: "q", dequeueHash: utf8Encode(id), max };
    const messages = told?.map(([seq, body, fence]) => {
      return { seq, body: utf8Encode(body), lease: { fence } };
    });
    const outcome = told && { type: "dequeued", replayed, messages, lost: [] };
    return this.operation(asked as unknown as Operation, outcome as Outcome | null);
  }

  settle(fence: number, action: SettleAction, code: string | null = "settled"): this {
    const settlement = { action, lease: { fence, tag: 0 } };
    const asked = { type: "settle", queue: "q", settlements: [settlement] };
    const result =
      code === "settled" || code === "again"
        ? { status: "settled", alreadySettled: code === "again" }
        : { status: "refused", refusal: { code } };
    const outcome = code === null ? null : { type: "settled", results: [result] };
    return this.operation(asked as unknown as Operation, outcome as Outcome | null);
  }

  stats(ready: number, leased: number, dead = 0): this {
    const asked: Question = { type: "get-queue", queue: "q" };
    const view = { stats: { ready, blocked: 0, leased, scheduled: 0, dead } };
    const [callAt, returnAt] = this.times();
    const told = { type: "queue", view } as unknown as RecordedCall["told"];
    const call = { kind: "read", asked, told, callAt, returnAt, gateway: 0, op: null };
    this.calls.push(call as RecordedCall);
    return this;
  }

  /** Lets minutes pass in which nobody calls. */
  rest(minutes: number): this {
    this.now += minutes * 60_000_000;
    return this;
  }

  get verdict(): string {
    return checkLinearizability(queueModel, this.calls.map(callOf), 100_000);
  }

  private operation(asked: Operation, told: Outcome | null): this {
    const [callAt, end] = this.times();
    const returnAt = told === null ? Infinity : end;
    this.calls.push({ kind: "operation", asked, told, callAt, returnAt, gateway: 0, op: null });
    return this;
  }

  private times(): [number, number] {
    this.now += 1;
    return [this.now, this.now + 0.5];
  }
}

const two = (): Story => new Story().enqueue("a", { seq: 1 }).enqueue("b", { seq: 2 });

describe("order", () => {
  it("the oldest message comes first", () => {
    expect(two().dequeue("d", [[1, "a", 1]]).verdict).toBe("linearizable");
    expect(two().dequeue("d", [[2, "b", 1]]).verdict).toBe("violated");
  });

  it("a released message keeps its place", () => {
    const released = (): Story =>
      two()
        .dequeue("d", [[1, "a", 1]])
        .settle(1, "release");
    expect(released().dequeue("e", [[1, "a", 2]]).verdict).toBe("linearizable");
    expect(released().dequeue("e", [[2, "b", 2]]).verdict).toBe("violated");
  });

  it("nothing of a group is handed out while one of it is leased", () => {
    const leased = (group: string): Story =>
      new Story()
        .enqueue("a", { seq: 1 }, { group: "g" })
        .enqueue("b", { seq: 2 }, { group })
        .dequeue("d", [[1, "a", 1]]);
    expect(leased("g").dequeue("e", []).verdict).toBe("linearizable");
    expect(leased("g").dequeue("e", [[2, "b", 2]]).verdict).toBe("violated");
    expect(leased("h").dequeue("e", [[2, "b", 2]]).verdict).toBe("linearizable");
  });

  it("a release takes the leases behind it in its group back", () => {
    const both = [
      [1, "a", 1],
      [2, "b", 2],
    ] as const;
    const rewound = (): Story =>
      new Story()
        .enqueue("a", { seq: 1 }, { group: "g" })
        .enqueue("b", { seq: 2 }, { group: "g" })
        .dequeue("d", both, { max: 2 })
        .settle(1, "release");
    expect(rewound().settle(2, "ack", "lease-lost").verdict).toBe("linearizable");
    expect(rewound().settle(2, "ack").verdict).toBe("violated");
  });
});

describe("leases", () => {
  it("nobody gets a message that somebody holds", () => {
    const held = (): Story => new Story().enqueue("a", { seq: 1 }).dequeue("d", [[1, "a", 1]]);
    expect(held().dequeue("e", []).verdict).toBe("linearizable");
    expect(held().dequeue("e", [[1, "a", 2]]).verdict).toBe("violated");
  });

  it("fences grow", () => {
    const first = (fence: number): Story =>
      two()
        .dequeue("d", [[1, "a", 5]])
        .dequeue("e", [[2, "b", fence]]);
    expect(first(6).verdict).toBe("linearizable");
    expect(first(4).verdict).toBe("violated");
  });

  it("a stale fence settles nothing", () => {
    const superseded = (): Story =>
      new Story()
        .enqueue("a", { seq: 1 })
        .dequeue("d", [[1, "a", 1]])
        .settle(1, "release")
        .dequeue("e", [[1, "a", 2]]);
    expect(superseded().settle(1, "ack", "already-settled").verdict).toBe("linearizable");
    expect(superseded().settle(1, "ack").verdict).toBe("violated");
  });

  it("how a lease ended may be forgotten after ten minutes, and is then forgotten for good", () => {
    const settled = (): Story =>
      two()
        .dequeue("d", [[1, "a", 1]])
        .settle(1, "ack")
        .rest(11);
    expect(settled().settle(1, "ack", "again").verdict).toBe("linearizable");
    expect(settled().settle(1, "ack", "lease-unknown").verdict).toBe("linearizable");
    const forgotten = settled().settle(1, "ack", "lease-unknown").settle(1, "ack", "again");
    expect(forgotten.verdict).toBe("violated");
    const remembered = two()
      .dequeue("d", [[1, "a", 1]])
      .settle(1, "ack")
      .rest(9);
    expect(remembered.settle(1, "ack", "lease-unknown").verdict).toBe("violated");
  });

  it("a lease that is held is never forgotten", () => {
    const held = (): Story =>
      two()
        .dequeue("d", [[1, "a", 1]])
        .rest(11);
    expect(held().settle(1, "ack").verdict).toBe("linearizable");
    expect(held().settle(1, "ack", "lease-unknown").verdict).toBe("violated");
  });

  it("a dequeue that is repeated gets the same leases", () => {
    const again = (fence: number): Story =>
      two()
        .dequeue("d", [[1, "a", 1]])
        .dequeue("d", [[1, "a", fence]], { replayed: true });
    expect(again(1).verdict).toBe("linearizable");
    expect(again(2).verdict).toBe("violated");
  });

  it("a dequeue of unknown outcome may hold a message, and its replay shows it", () => {
    const unknown = (): Story => new Story().enqueue("a", { seq: 1 }).dequeue("d", null);
    expect(unknown().dequeue("e", []).verdict).toBe("linearizable");
    expect(unknown().dequeue("e", [[1, "a", 1]]).verdict).toBe("linearizable");
    expect(unknown().dequeue("d", [[1, "a", 1]], { replayed: true }).verdict).toBe("linearizable");
  });
});

describe("exactly once", () => {
  it("a repeated dedup id is one message", () => {
    const again = (seq: number, isDuplicate: boolean): Story =>
      new Story().enqueue("a", { seq: 1 }).enqueue("a", { seq, isDuplicate });
    expect(again(1, true).verdict).toBe("linearizable");
    expect(again(2, false).verdict).toBe("violated");
  });

  it("an ack counts once", () => {
    const acked = (): Story =>
      new Story()
        .enqueue("a", { seq: 1 })
        .dequeue("d", [[1, "a", 1]])
        .settle(1, "ack");
    expect(acked().settle(1, "ack", "again").verdict).toBe("linearizable");
    expect(acked().settle(1, "ack").verdict).toBe("violated");
    expect(acked().dequeue("e", [[1, "a", 2]]).verdict).toBe("violated");
  });

  it("an acknowledged message is not lost", () => {
    expect(new Story().enqueue("a", { seq: 1 }).dequeue("d", []).verdict).toBe("violated");
  });

  it("an enqueue of unknown outcome is there once, or never", () => {
    const unknown = (): Story => new Story().enqueue("a", null);
    expect(unknown().stats(0, 0).verdict).toBe("linearizable");
    expect(unknown().stats(1, 0).verdict).toBe("linearizable");
    expect(unknown().stats(2, 0).verdict).toBe("violated");
    expect(unknown().stats(1, 0).stats(0, 0).verdict).toBe("violated");
  });
});

it("a read that is older than an answered write is found", () => {
  expect(two().stats(2, 0).verdict).toBe("linearizable");
  expect(two().stats(1, 0).verdict).toBe("violated");
});
