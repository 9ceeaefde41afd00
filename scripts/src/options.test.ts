import { expect, test } from "vitest";
import { exitCodes } from "./exit-codes.ts";
import { Failure } from "./failure.ts";
import { parseStartOptions, startHelp } from "./options.ts";

test("without options npm start continues in the foreground on port 8080", () => {
  expect(parseStartOptions([])).toEqual({
    fresh: false,
    replicas: null,
    port: 8080,
    detach: false,
    restart: true,
  });
});

test("every option is understood, with a space or an equals sign", () => {
  const args = ["--fresh", "--replicas", "5", "--port=9000", "--detach", "--no-restart"];
  expect(parseStartOptions(args)).toEqual({
    fresh: true,
    replicas: 5,
    port: 9000,
    detach: true,
    restart: false,
  });
});

test.each([
  [["--replicas", "2"], /1, 3 or 5, not "2"/],
  [["--replicas", "4"], /1, 3 or 5, not "4"/],
  [["--replicas", "03"], /1, 3 or 5, not "03"/],
  [["--port", "0"], /1 to 65535, not "0"/],
  [["--port", "65536"], /1 to 65535, not "65536"/],
  [["--port", "80a"], /1 to 65535, not "80a"/],
  [["--port"], /'--port <value>' argument missing/],
  [["--forever"], /Unknown option '--forever'/],
  [["fresh"], /Unexpected argument 'fresh'/],
])("%j is refused as a usage error", (args, line) => {
  const refusal = refusalOf(args);
  expect(refusal.exitCode).toBe(exitCodes.usage);
  expect(refusal.message).toMatch(line);
});

test("--help is no mistake, and names every option", () => {
  for (const args of [["--help"], ["-h"], ["--fresh", "--help"]]) {
    expect(parseStartOptions(args)).toBeNull();
  }
  for (const option of ["--fresh", "--replicas", "--port", "--detach", "--no-restart"]) {
    expect(startHelp).toContain(option);
    expect(refusalOf(["--forever"]).detail).toContain(option);
  }
});

function refusalOf(args: readonly string[]): Failure {
  try {
    parseStartOptions(args);
  } catch (error) {
    if (error instanceof Failure) return error;
  }
  throw new Error("nothing was refused");
}
