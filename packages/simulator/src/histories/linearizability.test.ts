import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Prng } from "@quorate/prelude";
import { describe, expect, it, test } from "vitest";
import { type Call, checkLinearizability, type SequentialModel } from "./linearizability.ts";

interface KeyValueInput {
  readonly kind: "get" | "put" | "append";
  readonly key: string;
  readonly value: string;
}

/** Strings by key; keys are independent. */
const keyValue: SequentialModel<string, KeyValueInput, string> = {
  init: () => "",
  step: (state, { kind, value }, output) => {
    if (kind === "put") return value;
    if (kind === "append") return state + value;
    return output === null || output === state ? state : null;
  },
  keyOf: (state) => state,
  partition: (history) => [...Map.groupBy(history, ({ input }) => input.key).values()],
};

type KeyValueCall = Call<KeyValueInput, string>;

function put(value: string, callAt: number, returnAt: number): KeyValueCall {
  return { input: { kind: "put", key: "k", value }, output: "", callAt, returnAt };
}

function get(output: string, callAt: number, returnAt: number): KeyValueCall {
  return { input: { kind: "get", key: "k", value: "" }, output, callAt, returnAt };
}

const stepsMax = 1_000_000;

function check(...history: readonly KeyValueCall[]): string {
  return checkLinearizability(keyValue, history, stepsMax);
}

describe("one register", () => {
  it("a read after a write sees it", () => {
    expect(check(put("a", 0, 1), get("a", 2, 3))).toBe("linearizable");
    expect(check(put("a", 0, 1), get("", 2, 3))).toBe("violated");
  });

  it("a read beside a write sees it or not", () => {
    expect(check(put("a", 0, 5), get("a", 2, 3))).toBe("linearizable");
    expect(check(put("a", 0, 5), get("", 2, 3))).toBe("linearizable");
  });

  it("nothing is seen and then not seen", () => {
    expect(check(put("a", 0, 9), get("a", 1, 2), get("", 3, 4))).toBe("violated");
  });

  it("two writes are seen in one order by all", () => {
    const writes = [put("a", 0, 9), put("b", 0, 9)];
    expect(check(...writes, get("a", 1, 2), get("b", 3, 4))).toBe("linearizable");
    expect(check(...writes, get("a", 1, 2), get("b", 3, 4), get("a", 5, 6))).toBe("violated");
  });

  it("a write of unknown outcome may take effect late, or never", () => {
    const unknown = put("a", 0, Infinity);
    expect(check(unknown, get("", 1, 2), get("a", 3, 4))).toBe("linearizable");
    expect(check(unknown, get("", 1, 2))).toBe("linearizable");
    expect(check(unknown, get("a", 1, 2), get("", 3, 4))).toBe("violated");
  });

  it("a write of unknown outcome has no effect before its call", () => {
    expect(check(get("a", 0, 1), put("a", 2, Infinity))).toBe("violated");
  });

  it("keys are judged apart, and the worst decides", () => {
    const other = { kind: "get", key: "other", value: "" } as const;
    const bad = { input: other, output: "ghost", callAt: 0, returnAt: 1 };
    expect(check(put("a", 0, 1), get("a", 2, 3), bad)).toBe("violated");
  });

  it("a budget that is spent decides nothing", () => {
    const history = [put("a", 0, 1), get("a", 2, 3)];
    expect(checkLinearizability(keyValue, history, 1)).toBe("undecided");
  });
});

/** A register that is operated one call at a time, with calls stretched around that moment. */
function recorded(seed: number, count: number): KeyValueCall[] {
  const prng = new Prng(seed);
  let state = "";
  return Array.from({ length: count }, (_, at) => {
    const [callAt, returnAt] = [at - prng.below(6), at + 0.5 + prng.below(6)];
    if (prng.chance(0.5)) return get(state, callAt, returnAt);
    state = `${at}`;
    return put(state, callAt, prng.chance(0.1) ? Infinity : returnAt);
  });
}

test("what one machine did is linearizable, however the calls overlap", () => {
  for (let seed = 0; seed < 200; seed++) {
    expect(checkLinearizability(keyValue, recorded(seed, 40), stepsMax)).toBe("linearizable");
  }
});

const vectors = fileURLToPath(new URL("../../../../../shared/vectors/porcupine", import.meta.url));
const hasVectors = existsSync(vectors);
if (!hasVectors) console.warn("porcupine's histories are not in ../shared/vectors: not checked");

/** One line for each event: `{:process 0, :type :invoke, :f :append, :key "0", :value "x"}`. */
function historyIn(text: string): KeyValueCall[] {
  const line = /:process (\d+), :type :(\w+), :f :(\w+), :key "(.*)", :value (?:nil|"(.*)")\}/;
  const open = new Map<string, { readonly input: KeyValueInput; readonly callAt: number }>();
  const calls: KeyValueCall[] = [];
  for (const [at, event] of text.trim().split("\n").entries()) {
    const [, process = "", type, kind, key = "", value = ""] = line.exec(event) ?? [];
    if (kind !== "get" && kind !== "put" && kind !== "append") throw new Error(event);
    const began = open.get(process);
    if (type === "invoke") open.set(process, { input: { kind, key, value }, callAt: at });
    else if (began !== undefined) {
      open.delete(process);
      calls.push({ ...began, output: value, returnAt: at });
    }
  }
  for (const began of open.values()) calls.push({ ...began, output: null, returnAt: Infinity });
  return calls;
}

describe.skipIf(!hasVectors)("porcupine's histories", () => {
  const files = hasVectors ? readdirSync(vectors).filter((name) => name.endsWith(".txt")) : [];
  it.each(files)("%s is what its name says", (name) => {
    const history = historyIn(readFileSync(`${vectors}/${name}`, "utf8"));
    const expected = name.includes("-ok") ? "linearizable" : "violated";
    expect(checkLinearizability(keyValue, history, stepsMax)).toBe(expected);
  });
});
