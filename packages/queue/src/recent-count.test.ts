import { ByteReader, ByteWriter, Prng } from "@quorate/prelude";
import { expect, test } from "vitest";
import { RecentCount } from "./recent-count.ts";

const secondMicros = 1_000_000;

test("a recent count is what a list of times says, also after it was written and read", () => {
  const prng = new Prng(17);
  const times: number[] = [];
  let count = new RecentCount();
  let now = 1_795_000_000 * secondMicros;
  for (let step = 0; step < 3_000; step++) {
    now += prng.chance(0.02) ? prng.below(200) * secondMicros : prng.below(2 * secondMicros);
    if (prng.chance(0.6)) {
      count.add(now);
      times.push(now);
    }
    const first = Math.floor(now / secondMicros) - 59;
    const recent = times.filter((at) => Math.floor(at / secondMicros) >= first).length;
    expect(count.at(now)).toBe(recent);
    if (!prng.chance(0.05)) continue;
    const writer = new ByteWriter();
    count.write(writer);
    count = new RecentCount();
    count.restore(new ByteReader(writer.finish()));
  }
});
