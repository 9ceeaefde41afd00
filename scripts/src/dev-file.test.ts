import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { type DevFile, writeDevFile } from "./dev-file.ts";

const file: DevFile = {
  apiUrl: "http://127.0.0.1:8080",
  tokens: { admin: "a", producer: "p", consumer: "c", viewer: "v" },
  operatorKeyFile: "/keys/o0.key",
  operatorPassphraseFile: "/keys/o0.passphrase",
  replicas: [],
  api: { pid: 1, log: "/log/api.log" },
};

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "quorate-dev-file-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

test("dev.json has the fields that programs are written against, and no others", () => {
  writeDevFile(join(folder, "dev.json"), file);
  const read: DevFile = JSON.parse(readFileSync(join(folder, "dev.json"), "utf8"));
  expect(read).toEqual(file);
});

test("dev.json is for its owner alone, also when it replaces one that was not", () => {
  const path = join(folder, "dev.json");
  writeFileSync(path, "{}", { mode: 0o644 });
  writeDevFile(path, file);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("dev.json is replaced as a whole, and nothing is left beside it", () => {
  const path = join(folder, "dev.json");
  writeDevFile(path, file);
  const before = statSync(path).ino;
  writeDevFile(path, { ...file, api: { pid: 2, log: "/log/api.log" } });
  expect(statSync(path).ino).not.toBe(before);
  expect(readdirSync(folder)).toEqual(["dev.json"]);
});
