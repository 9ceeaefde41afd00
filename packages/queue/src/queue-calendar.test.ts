import { present, Prng } from "@quorate/prelude";
import { expect, test } from "vitest";
import { Queue } from "./queue.ts";
import { QueueCalendar } from "./queue-calendar.ts";
import { queueConfigOf } from "./queue-config.ts";
import { QueueState } from "./state.ts";

const config = queueConfigOf({});

function queuesOf(count: number): readonly Queue[] {
  const { blocks } = new QueueState();
  return Array.from({ length: count }, (_, at) => new Queue(`q${at}`, at + 1, config, blocks));
}

test("the queues whose time has come are told in the order in which they were made, and no others", () => {
  const prng = new Prng(7);
  const queues = queuesOf(60);
  const calendar = new QueueCalendar();
  const bounds = new Map<Queue, number>();
  for (let step = 0; step < 20_000; step++) {
    const queue = prng.pick(queues);
    const at = prng.chance(0.2) ? Infinity : prng.below(1_000);
    const known = bounds.get(queue) ?? Infinity;
    if (prng.chance(0.5)) {
      calendar.set(queue, at);
      bounds.set(queue, at);
    } else {
      calendar.expect(queue, at);
      bounds.set(queue, Math.min(known, at));
    }
    const now = prng.below(1_000);
    const expected = queues.filter((each) => (bounds.get(each) ?? Infinity) <= now);
    if (step % 8 === 0) expect(calendar.dueAt(now)).toEqual(expected);
  }
});

test("a bound that was too early is put right, and asked for once", () => {
  const queues = queuesOf(3);
  const calendar = new QueueCalendar();
  for (const queue of queues) calendar.expect(queue, 0);
  const asked: string[] = [];
  const nextOf = (queue: Queue): number => {
    asked.push(queue.name);
    return queue === queues[1] ? Infinity : 100;
  };
  expect(calendar.isDue(99, nextOf)).toBe(false);
  expect(calendar.isDue(99, nextOf)).toBe(false);
  expect(asked.toSorted()).toEqual(["q0", "q1", "q2"]);
  expect(calendar.isDue(100, nextOf)).toBe(true);
  expect(calendar.dueAt(100)).toEqual([present(queues[0]), present(queues[2])]);
});
