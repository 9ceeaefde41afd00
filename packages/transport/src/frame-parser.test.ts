import { describe, expect, it } from "vitest";
import { createFrameParser, frameEvent } from "./frame-parser.ts";

function parser() {
  const seen: { malformed: number; readonly packets: unknown[] } = { malformed: 0, packets: [] };
  const { Encoder, Decoder } = createFrameParser(() => {
    seen.malformed += 1;
  });
  const decoder = new Decoder();
  decoder.on("decoded", (packet) => seen.packets.push(packet));
  return { encoder: new Encoder(), decoder, seen };
}

describe("the frame parser", () => {
  it("gives back every packet that Socket.IO sends on a link", () => {
    const { encoder, decoder, seen } = parser();
    const packets = [
      { type: 0, nsp: "/" },
      { type: 0, nsp: "/", data: { sid: "a-B_9" } },
      { type: 1, nsp: "/" },
      { type: 2, nsp: "/", data: [frameEvent, Uint8Array.of(1, 2)] },
      { type: 4, nsp: "/", data: { message: "refused" } },
    ];
    for (const packet of packets) {
      for (const chunk of encoder.encode(packet)) decoder.add(chunk);
    }
    expect(seen.packets).toEqual(packets);
  });

  it("refuses and counts every other text, so that no stranger's JSON is parsed", () => {
    const { decoder, seen } = parser();
    const texts = [
      "",
      "2",
      '2["m"]',
      '0{"a":1}',
      "0/x,",
      "1 ",
      "5",
      `0${"a".repeat(64)}`,
      "451-[]",
    ];
    for (const text of texts) expect(() => decoder.add(text)).toThrow("no packet of a link");
    expect(() => decoder.add({ type: 0 })).toThrow("no packet of a link");
    expect(seen).toEqual({ malformed: texts.length + 1, packets: [] });
  });

  it("refuses and counts a frame that comes before the join", () => {
    const { decoder, seen } = parser();
    expect(() => decoder.add(Uint8Array.of(1))).toThrow("no packet of a link");
    expect(seen).toEqual({ malformed: 1, packets: [] });
  });

  it("sends frames and nothing else", () => {
    const { encoder } = parser();
    expect(() => encoder.encode({ type: 2, nsp: "/", data: [frameEvent, "text"] })).toThrow();
    expect(() => encoder.encode({ type: 3, nsp: "/", data: [] })).toThrow();
  });
});
