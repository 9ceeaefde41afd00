import type { StateMachine } from "@quorate/prelude";
import { asOp, asTimestampMicros, resultsBytesMax } from "@quorate/protocol";
import { expect, it } from "vitest";
import { runOperations } from "./run-operations.ts";

/** Answers each operation with as many bytes as its first one says, in MiB. */
class EchoingMachine implements StateMachine {
  readonly executed: number[] = [];

  execute([mebibytes = 0]: Uint8Array, { requestIndex }: { readonly requestIndex: number }) {
    this.executed.push(requestIndex);
    return new Uint8Array(mebibytes * 2 ** 20 + 1);
  }
  pulse(): void {
    throw new Error("nobody asked");
  }
  isPulseDue(): boolean {
    return false;
  }
  query(): Uint8Array {
    return new Uint8Array(0);
  }
  takeReadyHints(): readonly string[] {
    return [];
  }
}

const context = {
  op: asOp(5),
  requestIndex: 7,
  timestampMicros: asTimestampMicros(1),
  random: new Uint8Array(16),
};

function lengthsOf(machine: StateMachine, ...mebibytes: readonly number[]): readonly number[] {
  const operations = mebibytes.map((count) => Uint8Array.of(count));
  return runOperations(machine, operations, context).map(({ length }) => length);
}

it("a request executes its operations in order, each at its place in the op", () => {
  const machine = new EchoingMachine();
  expect(lengthsOf(machine, 0, 1, 0)).toEqual([1, 2 ** 20 + 1, 1]);
  expect(machine.executed).toEqual([7, 8, 9]);
});

it("a request whose outcomes no reply can carry executes no more, and keeps what fits", () => {
  const machine = new EchoingMachine();
  const lengths = lengthsOf(machine, 2, 2, 2, ...Array.from({ length: 1_000 }, () => 2));
  expect(lengths.slice(0, 4)).toEqual([2 * 2 ** 20 + 1, 2 * 2 ** 20 + 1, 0, 0]);
  expect(lengths).toHaveLength(1_003);
  expect(lengths.reduce((sum, length) => sum + length, 0)).toBeLessThanOrEqual(resultsBytesMax);
  expect(machine.executed).toEqual([7, 8, 9]);
});
