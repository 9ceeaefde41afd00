import { beforeEach, describe, expect, it } from "vitest";
import { turnMsMax } from "./limits.ts";
import { testClock } from "./test-cluster.ts";
import { Turns } from "./turns.ts";

describe("a link whose peer sends more than there is time for", () => {
  const packetMs = 2;
  const perTurn = Math.ceil(turnMsMax / packetMs);
  let nowMs = 0;
  let soon: (() => void)[] = [];
  let done: number[] = [];
  let pauses = 0;
  let resumes = 0;
  let turns: Turns;
  beforeEach(() => {
    [nowMs, soon, done, pauses, resumes] = [0, [], [], 0, 0];
    const clock = {
      ...testClock,
      monotonicMs: () => nowMs,
      soon: (callback: () => void) => void soon.push(callback),
    };
    turns = new Turns(clock, {
      onPacket: ([packet = 0]) => {
        done.push(packet);
        nowMs += packetMs;
      },
      pause: () => (pauses += 1),
      resume: () => (resumes += 1),
    });
  });
  const put = (count: number): void => {
    for (let packet = 0; packet < count; packet++) turns.put(Uint8Array.of(packet));
  };
  /** The event loop comes round. */
  const comeRound = (): void => {
    for (const callback of soon.splice(0)) callback();
  };

  it("has so many packets worked on in each turn, in order, and is not read meanwhile", () => {
    put(10);
    for (let turn = 1; done.length < 10; turn++) {
      expect(done).toEqual(Array.from({ length: Math.min(turn * perTurn, 10) }, (_, at) => at));
      expect([pauses, resumes]).toEqual([1, 0]);
      comeRound();
    }
    expect([pauses, resumes]).toEqual([1, 1]);
    comeRound();
    expect(soon).toEqual([]);
  });

  it("is read on without a pause while there is time in every turn", () => {
    for (let turn = 0; turn < 50; turn++) {
      put(perTurn - 1);
      comeRound();
    }
    expect([done.length, pauses]).toEqual([50 * (perTurn - 1), 0]);
  });

  it("is not read on while work that brought no packet has taken the turn", () => {
    turns.spend(() => (nowMs += turnMsMax));
    put(1);
    expect([done, pauses]).toEqual([[], 1]);
    comeRound();
    expect([done, resumes]).toEqual([[0], 1]);
  });

  it("has everything worked on that came before its end, and nothing after a violation", () => {
    put(10);
    turns.finish();
    expect(done).toHaveLength(10);
    put(10);
    turns.stop();
    comeRound();
    comeRound();
    expect(done).toHaveLength(10);
  });
});
