import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { messageText } from "./message.ts";

test("bytes are sent as bytes, whichever realm's they are", () => {
  const realms = [
    new Uint8Array([1, 2]),
    Buffer.from([1, 2]),
    runInNewContext("Uint8Array.of(1,2)"),
  ];
  for (const body of realms) expect(messageText({ body })).toBe('{"bodyBase64":"AQI="}');
});

test("what holds bytes and is no Uint8Array is refused, since its JSON would not hold them", () => {
  const held = [new ArrayBuffer(8), new DataView(new ArrayBuffer(8)), new Float64Array([1, 2])];
  for (const body of held) {
    expect(() => messageText({ body })).toThrow("bytes are sent as a Uint8Array");
  }
});
