import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSecretFile, reasonAgainstAccess, SecretFileError } from "./secret-file.ts";

const me = 1000;
const root = 0;
const other = 1001;

describe("a file with a secret", () => {
  let folder = "";
  let path = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "secret file-"));
    path = join(folder, "passphrase");
    writeFileSync(path, "correct horse\n", { mode: 0o600 });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    [0o600, me],
    [0o400, me],
    [0o700, me],
    [0o400, root],
    [0o440, root],
    [0o640, root],
  ])("of mode %o and user %i is read", (mode, uid) => {
    expect(reasonAgainstAccess("/s", { mode, uid }, me)).toBeNull();
  });

  it.each([
    [0o640, me, "0640 and is open to its group. Run: chmod 600 /s"],
    [0o620, me, "0620 and is open to its group. Run: chmod 600 /s"],
    [0o644, me, "0644 and is open to its group and everybody. Run: chmod 600 /s"],
    [0o604, me, "0604 and is open to everybody. Run: chmod 600 /s"],
    [0o660, root, "0660 and is open to its group. Run: chmod 640 /s"],
    [0o644, root, "0644 and is open to everybody. Run: chmod 640 /s"],
    [0o100444, root, "0444 and is open to everybody. Run: chmod 640 /s"],
  ])("of mode %o and user %i is refused, with what to run", (mode, uid, reason) => {
    expect(reasonAgainstAccess("/s", { mode, uid }, me)).toBe(`/s has mode ${reason}`);
  });

  it("of another user is refused, who could change it", () => {
    const reason = reasonAgainstAccess("/s", { mode: 0o600, uid: other }, me);
    expect(reason).toBe("/s belongs to user 1001, who may change it. Run: chown 1000 /s");
    expect(reasonAgainstAccess("/s", { mode: 0o600, uid: other }, root)).toMatch(/chown 0 /);
  });

  it("on a system without users is read as it is", () => {
    expect(reasonAgainstAccess("/s", { mode: 0o666, uid: 0 }, null)).toBeNull();
  });

  it("is judged where a link leads to, as Kubernetes lays its secrets", () => {
    const link = join(folder, "link");
    symlinkSync(path, link);
    expect(readSecretFile(link)).toBe("correct horse\n");
    chmodSync(path, 0o604);
    expect(() => readSecretFile(link)).toThrow(SecretFileError);
    // The folder's name has a space in it.
    expect(() => readSecretFile(link)).toThrow(/Run: chmod 600 '.*secret file-.*link'$/);
    chmodSync(path, 0o600);
  });

  it("that is no secret by its size is refused", () => {
    expect(() => readSecretFile(path, 4)).toThrow(`${path} is too large`);
  });
});
