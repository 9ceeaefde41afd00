import { describe, expect, it } from "vitest";
import { redacted } from "./log-fields.ts";
import { createLog, type LogLevel } from "./pino-log.ts";

function linesOf(level: LogLevel, story: (log: ReturnType<typeof createLog>) => void) {
  const lines: string[] = [];
  story(createLog(level, "replica-0", { write: (line) => void lines.push(line) }));
  return lines;
}

describe("createLog", () => {
  it("writes one JSON object a line, with level, time, name, message and fields", () => {
    const [line = ""] = linesOf("info", (log) => log.info("link up", { peer: "r1", boot: 3n }));
    const parsed = JSON.parse(line);
    expect(line.indexOf("\n")).toBe(line.length - 1);
    expect(parsed).toMatchObject({
      level: "info",
      name: "replica-0",
      message: "link up",
      peer: "r1",
      boot: "3",
    });
    expect(new Date(parsed.time).toISOString()).toBe(parsed.time);
  });

  it("writes nothing below its level", () => {
    const lines = linesOf("warn", (log) => {
      log.debug("a");
      log.info("b");
      log.warn("c");
      log.error("d");
    });
    expect(lines.map((line) => JSON.parse(line).message)).toEqual(["c", "d"]);
  });

  it("redacts key material by its field's name, at any depth and in any spelling", () => {
    const secret = "11223344";
    const fields = {
      passphrase: secret,
      options: [
        { private_key: secret, nested: { Seed: secret, keys: new Map([["jwtToken", secret]]) } },
      ],
      error: Object.assign(new Error("no"), { authorization: secret, clientSecret: secret }),
    };
    const [line = ""] = linesOf("info", (log) => log.info("x", fields));
    expect(line).not.toContain(secret);
    expect(line.split(redacted)).toHaveLength(7);
  });

  it("writes bytes as hexadecimal, errors with their cause, and cycles to an end", () => {
    const cycle: Record<string, unknown> = {
      digest: Uint8Array.of(0, 255),
      large: new Uint8Array(99),
    };
    cycle["self"] = cycle;
    const error = new Error("outer", { cause: new Error("inner") });
    const [line = ""] = linesOf("error", (log) => log.error("x", { cycle, error }));
    const { cycle: written, error: writtenError } = JSON.parse(line);
    expect(written).toMatchObject({ digest: "00ff" });
    expect(written.large).toContain("(99 bytes)");
    expect(writtenError).toMatchObject({ message: "outer", cause: { message: "inner" } });
    expect(line).toContain("[deeper]");
  });
});
