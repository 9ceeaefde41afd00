/** JSON that is none, or not ours; and JSON that is well and means nothing. */
import { fieldNames, oddLeaves } from "@quorate/api/testing/odd-words";
import type { Prng } from "@quorate/prelude";

/** Deeper than any request may be (contract: jsonDepthMax). */
const depth = 40;

/** Ways to spoil the text of a good object. Each result must be refused. */
const spoils: readonly ((text: string, prng: Prng) => string | Buffer)[] = [
  (text, prng) => text.slice(0, prng.between(1, text.length - 1)),
  (text, prng) => text + prng.pick(["x", "{}", ",", "]", "\u0000", "//", '""']),
  (text, prng) => prng.pick(["x", "]", "\u0000", "\ufeff", "'", "/**/"]) + text,
  (text) => text.replace("{", '{"__proto__":{},'),
  (text) => text.replace("{", '{"\\u005f_proto__":1,'),
  (text, prng) => text.replace("{", `{"zz${prng.below(1_000)}":null,`),
  (text, prng) => {
    const name = `zz${prng.below(1_000)}`;
    return text.replace("{", `{"${name}":1,"${name}":1,`);
  },
  (text) => text.replace("{", `{"zz":${"[".repeat(depth)}${"]".repeat(depth)},`),
  (text) => text.replace("{", '{"zz":"\\ud800",'),
  (text, prng) => text.replace("{", `{"zz":${prng.pick(["NaN", "01", "+1", "1.", ".5", "-"])},`),
  (text) => text.replaceAll('"', "'"),
  (text) => text.replace("}", ",}"),
  (text) => {
    const [before = "", after = ""] = text.split(/(?<=\{)/, 2);
    return Buffer.concat([
      Buffer.from(`${before}"zz":"`),
      Buffer.of(0xc3, 0x28),
      Buffer.from(`",${after}`),
    ]);
  },
  (_, prng) => prng.pick(["[1]", '"x"', "1", "null", "true", "[]", "[{}]"]),
];

/** The text of a good object, spoilt. */
export function brokenJson(text: string, prng: Prng): Buffer {
  const spoilt = prng.pick(spoils)(text, prng);
  return typeof spoilt === "string" ? Buffer.from(spoilt) : spoilt;
}

/** A value made of our own words in no order; of objects mostly. */
export function oddValue(prng: Prng, levels = 3): unknown {
  if (levels === 0 || prng.chance(0.2)) return prng.pick(oddLeaves);
  const size = prng.below(5);
  if (prng.chance(0.2)) return Array.from({ length: size }, () => oddValue(prng, levels - 1));
  const fields = Array.from({ length: size }, () => [
    prng.pick(fieldNames),
    oddValue(prng, levels - 1),
  ]);
  return Object.fromEntries(fields);
}
