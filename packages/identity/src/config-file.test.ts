import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { ConfigError, certificateFiles, certificatesFrom, readConfigFile } from "./config-file.ts";

const folder = mkdtempSync(join(tmpdir(), "config-file-"));
afterAll(() => rmSync(folder, { recursive: true }));

const Config = z.strictObject({ data: z.string(), tls: certificateFiles("the others") });
const reading = {
  usage: "usage: program --config FILE",
  parse: (parsed: unknown, from: (path: string) => string) => {
    const { data, tls } = Config.parse(parsed);
    return { data: from(data), tls: certificatesFrom(tls, from) };
  },
};

function read(text: string) {
  const file = join(folder, "config.json");
  writeFileSync(file, text);
  return () => readConfigFile(["--config", file], reading);
}

const tls = { certificateFile: "c.crt", keyFile: "/etc/c.key", authorityFile: "../ca.crt" };

describe("the file of a process", () => {
  it("names paths from its own folder", () => {
    expect(read(JSON.stringify({ data: "data", tls }))()).toEqual({
      data: join(folder, "data"),
      tls: {
        certificateFile: join(folder, "c.crt"),
        keyFile: "/etc/c.key",
        authorityFile: join(folder, "..", "ca.crt"),
      },
    });
  });

  it("that is no JSON, or not what it must be, is named with all that is wrong", () => {
    expect(read("{")).toThrow(ConfigError);
    expect(read("{")).toThrow(/config\.json: .*JSON/);
    const wrong = read(JSON.stringify({ dat: "x", tls: {} }));
    for (const part of [/config\.json: /, /at data\b/, /at tls\.keyFile/]) {
      expect(wrong).toThrow(part);
    }
  });

  it.each([
    ["is not named", []],
    ["has no name", ["--config"]],
    ["is named with another word", ["--confg", "x"]],
  ])("that %s is asked for, with what to type", (_what, argv) => {
    expect(() => readConfigFile(argv, reading)).toThrow(ConfigError);
    expect(() => readConfigFile(argv, reading)).toThrow(reading.usage);
  });
});
