import { ConfigError, KeyFileError } from "@quorate/identity";
import { WrongClockError } from "@quorate/runtime";
import { CertificateError } from "@quorate/transport";
import { describe, expect, it } from "vitest";
import { describeEnd } from "./end.ts";
import { exitCodes } from "./exit-codes.ts";

/** What Node throws when the operating system refuses a call. */
function refusal(code: string, syscall: string): Error {
  return Object.assign(new Error(`${code}: refused, ${syscall}`), { code, syscall });
}

describe("the exit code of a start that fails", () => {
  it.each([
    ["addressInUse", refusal("EADDRINUSE", "listen")],
    ["configuration", refusal("EACCES", "listen")],
    ["configuration", refusal("EADDRNOTAVAIL", "listen")],
    ["configuration", refusal("ENOTFOUND", "getaddrinfo")],
    ["configuration", new ConfigError("the file lacks a field")],
    ["configuration", new CertificateError("tls.key is open to everybody")],
    ["key", new KeyFileError("passphrase", "the passphrase does not open the key file")],
    ["dataFolder", refusal("EACCES", "mkdir")],
    ["dataFolder", refusal("EROFS", "open")],
    ["dataFolder", refusal("ENOTDIR", "mkdir")],
    ["diskFull", refusal("ENOSPC", "write")],
    ["diskFull", refusal("EDQUOT", "open")],
    ["readFailed", refusal("EIO", "read")],
    ["tooFewFiles", refusal("EMFILE", "open")],
    ["tooFewFiles", refusal("ENFILE", "accept")],
    ["wrongClock", new WrongClockError(0)],
    ["assertion", Object.assign(new Error("a program's own code"), { code: "ENOSPC" })],
    ["assertion", new TypeError("a bug")],
  ] as const)("is `%s` for what it is about: %s", (name, error) => {
    expect(describeEnd(error).exitCode).toBe(exitCodes[name]);
  });

  it("comes with one line that says what to do", () => {
    expect(describeEnd(refusal("EMFILE", "open")).line).toBe(
      "replica: cannot start: raise the limit of open files: EMFILE: refused, open",
    );
    expect(describeEnd("no error").line).toBe("replica: cannot start: no error");
  });
});
