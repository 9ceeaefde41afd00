import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hexEncode } from "@quorate/prelude";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KeyFileError, type KeyFileErrorCode } from "./key-file-error.ts";
import { createKeyFile, type KeyFileUse, readKeyFile } from "./key-file.ts";
import { nodeCrypto } from "./node-crypto.ts";

const use: KeyFileUse = {
  purpose: "replica",
  clusterId: new Uint8Array(32).fill(7),
  passphrase: "correct horse",
};

describe("key files", () => {
  let folder = "";
  let path = "";
  let text = "";
  let publicKey = new Uint8Array();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "key-file-"));
    path = join(folder, "replica.key");
    publicKey = Uint8Array.from((await createKeyFile(path, use)).publicKey);
    text = await readFile(path, "utf8");
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("gives back the key that was made", async () => {
    const signer = await readKeyFile(path, use);
    const message = new Uint8Array(3);
    expect(hexEncode(signer.publicKey)).toBe(hexEncode(publicKey));
    expect(nodeCrypto.verify(publicKey, message, signer.sign(message))).toBe(true);
  });

  it("is readable by its owner only, and leaves no draft behind", async () => {
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(["replica.key"]);
  });

  it("is never overwritten", async () => {
    expect(await codeOf(createKeyFile(path, use))).toBe("exists");
    expect(await readFile(path, "utf8")).toBe(text);
    expect(await readdir(folder)).toEqual(["replica.key"]);
  });

  it("refuses another passphrase, purpose or cluster, and says which", async () => {
    expect(await codeOf(readKeyFile(path, { ...use, passphrase: "wrong" }))).toBe("passphrase");
    expect(await codeOf(readKeyFile(path, { ...use, purpose: "gateway" }))).toBe("purpose");
    const clusterId = new Uint8Array(32);
    expect(await codeOf(readKeyFile(path, { ...use, clusterId }))).toBe("cluster");
    expect(await codeOf(createKeyFile(`${path}.new`, { ...use, passphrase: "" }))).toBe(
      "passphrase",
    );
  });

  it("says in a message what is wrong, without a secret in it", async () => {
    const wrong = readKeyFile(path, { ...use, passphrase: "a wrong one" });
    await expect(wrong).rejects.toThrow("the passphrase does not open the key file");
    const other = readKeyFile(path, { ...use, purpose: "operator" });
    await expect(other).rejects.toThrow(`${path} holds a replica key`);
  });

  it("costs whoever guesses passphrases what scrypt with N = 131,072 costs", async () => {
    const { header } = JSON.parse(text);
    expect(header.kdf).toBe("scrypt N=131072 r=8 p=1");
    // No cheaper file is taken, whoever wrote it.
    const cheap = text.replace("N=131072", "N=1024");
    const copy = join(folder, "cheap.key");
    await writeFile(copy, cheap, { mode: 0o600 });
    expect(await codeOf(readKeyFile(copy, use))).toBe("damaged");
    await rm(copy);
  });

  it("refuses a missing file, and one that others may read", async () => {
    expect(await codeOf(readKeyFile(join(folder, "none"), use))).toBe("not-found");
    for (const mode of [0o644, 0o604, 0o660]) {
      await chmod(path, mode);
      expect(await codeOf(readKeyFile(path, use))).toBe("permissions");
    }
    await chmod(path, 0o600);
  });

  it("calls a file damaged when any of its bytes has changed", async () => {
    const copy = join(folder, "copy.key");
    for (let at = 0; at < text.length; at += 13) {
      const changed = String.fromCharCode(text.charCodeAt(at) ^ 1);
      await writeFile(copy, text.slice(0, at) + changed + text.slice(at + 1), { mode: 0o600 });
      expect(await codeOf(readKeyFile(copy, use))).toBe("damaged");
    }
    for (const other of ["", "{}", "null", text.slice(0, -9), "x".repeat(5_000)]) {
      await writeFile(copy, other, { mode: 0o600 });
      expect(await codeOf(readKeyFile(copy, use))).toBe("damaged");
    }
    await rm(copy);
  });

  it("cannot be moved to another purpose by rewriting its header and checksum", async () => {
    const { header, sealed } = JSON.parse(text);
    const moved = JSON.stringify({ ...header, purpose: "operator" });
    const digest = nodeCrypto.sha256(Buffer.from(moved), Buffer.from(sealed, "hex"));
    const forged = `{"header":${moved},\n"sealed":"${sealed}",\n"checksum":"${hexEncode(digest)}"}\n`;
    const copy = join(folder, "moved.key");
    await writeFile(copy, forged, { mode: 0o600 });
    expect(await codeOf(readKeyFile(copy, { ...use, purpose: "operator" }))).toBe("passphrase");
    await rm(copy);
  });
});

async function codeOf(attempt: Promise<unknown>): Promise<KeyFileErrorCode | null> {
  try {
    await attempt;
    return null;
  } catch (error) {
    if (error instanceof KeyFileError) return error.code;
    throw error;
  }
}
