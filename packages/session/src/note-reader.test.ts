import type { Log, LogFields } from "@quorate/ports";
import { asView, encodeNote } from "@quorate/protocol";
import { expect, test } from "vitest";
import { NoteReader } from "./note-reader.ts";

test("a member that sends what is not a note again and again does not fill the log", () => {
  const told: LogFields[] = [];
  const silent = (): void => undefined;
  const warn = (_message: string, fields: LogFields = {}): void => void told.push(fields);
  const log: Log = { debug: silent, info: silent, warn, error: silent };
  const reader = new NoteReader(log);
  const packets = [new Uint8Array(0), Uint8Array.of(1, 2, 3)];
  for (let times = 0; times < 500; times++) {
    for (const packet of packets) expect(reader.read(2, packet)).toBeNull();
  }
  expect(told).toHaveLength(10);
  expect(told.at(-1)).toEqual({ member: 2, count: 512 });
  expect(reader.read(0, Uint8Array.of(9))).toBeNull();
  expect(told.at(-1)).toEqual({ member: 0, count: 1 });
  const note = { note: "notPrimary", view: asView(3) } as const;
  expect(reader.read(2, encodeNote(note))).toEqual(note);
});
