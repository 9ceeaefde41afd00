import { expect, it } from "vitest";
import { rateQueuesMax } from "../limits.ts";
import { createRates } from "./rates.ts";

it("calls of ever other queues push out those that were quiet, and none that is busy", () => {
  const rates = createRates(() => 0);
  rates.add("busy", { enqueued: 60 });
  rates.add("quiet", { enqueued: 60 });
  for (let other = 0; other < rateQueuesMax; other++) {
    rates.asked(`other-${other}`, "somebody");
    rates.asked("busy", "worker");
  }
  expect(rates.of("busy")).toMatchObject({ enqueued: 1, consumers: 1 });
  expect(rates.of("quiet")).toMatchObject({ enqueued: 0 });
});
