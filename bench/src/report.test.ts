import { expect, test } from "vitest";
import { tableOf } from "./report.ts";

test("figures stand in columns, with the cost of each process below", () => {
  const text = tableOf(
    [
      {
        name: "one",
        figures: [
          { name: "messages", value: 1234.5, unit: "/s" },
          { name: "call p50", value: 0.813, unit: "ms" },
        ],
        cpuMicros: { api: 120.4, r0: 8.25 },
      },
      { name: "kills", figures: [{ name: "lost", value: 0, unit: "" }], cpuMicros: {} },
    ],
    (name) => `what ${name} does`,
  );
  expect(text.split("\n")).toEqual([
    "one: what one does       1,235 messages/s   call p50 0.81 ms",
    "  CPU µs per message     api 120   r0 8.25",
    "kills: what kills does   lost 0",
  ]);
});
