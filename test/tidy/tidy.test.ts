/** Rules of the house that no other tool checks. Each test lists what breaks its rule. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import {
  allFiles,
  codeFiles,
  documents,
  namesOnly,
  proseOf,
  repositoryFolder,
  textOf,
  wordsOf,
} from "./repository-files.ts";

/** One idea, one word: what is said instead stands in CONTRIBUTING.md. */
const wordsNeverInNames = new Set(
  "leader leaders follower followers slave slaves ballot utils util helper helpers misc".split(" "),
);
const abbreviations = new Set("msg msgs cfg idx cb".split(" "));
/** A file is named after its one idea; these words say that there is none. */
const wordsNeverInFileNames = new Set(
  "utils util helper helpers common misc manager service impl constants interfaces".split(" "),
);

const textFile = /\.(ts|tsx|mjs|css|json|jsonc|md|yaml|yml|sh|toml|html)$/;
const fileLinesMax = 300;
/** Made by a program, and looked up rather than read. */
const madeFiles = new Set(["packages/sdk/src/operations.ts"]);

test("names use the words of the paper and are not abbreviated", () => {
  const found = codeFiles.flatMap((path) => {
    const names = new Set(namesOnly(textOf(path)).match(/[A-Za-z_$][\w$]*/g) ?? []);
    // Conformance tests read fields that others have named.
    const isOurs = !path.startsWith("test/conformance/");
    const isForbidden = (word: string) =>
      wordsNeverInNames.has(word) || (isOurs && abbreviations.has(word));
    return [...names].filter((name) => wordsOf(name).some(isForbidden)).map((n) => `${path}: ${n}`);
  });
  expect(found).toEqual([]);
});

test("files and folders are named after their one idea", () => {
  const isForbidden = (word: string) =>
    wordsNeverInFileNames.has(word) || wordsNeverInNames.has(word);
  expect(allFiles.filter((path) => wordsOf(path).some(isForbidden))).toEqual([]);
});

test("a TODO names its issue, and there is no FIXME", () => {
  const todo = /\b(?:FIXME|XXX)\b|\bTODO\b(?! ?\(?#\d+)/;
  // This file, and the document of the rule, must name what they forbid.
  const exempt = new Set(["test/tidy/tidy.test.ts", "CONTRIBUTING.md"]);
  const found = allFiles.filter(
    (path) => textFile.test(path) && !exempt.has(path) && todo.test(textOf(path)),
  );
  expect(found).toEqual([]);
});

test("no file tells where on which machine it was written", () => {
  const machinePath = /(?:^|[\s"'`(=:])\/(?:work|root|home\/[a-z]|Users\/[A-Za-z])/m;
  const found = allFiles.filter((path) => textFile.test(path) && machinePath.test(textOf(path)));
  expect(found).toEqual([]);
});

test(`no source has more than ${fileLinesMax} lines`, () => {
  const found = codeFiles.filter(
    (path) => !madeFiles.has(path) && textOf(path).split("\n").length - 1 > fileLinesMax,
  );
  expect(found).toEqual([]);
});

test("no test is singled out, which would silence all others", () => {
  const found = codeFiles.filter((path) =>
    /\b(?:test|it|describe)\.only\(/.test(namesOnly(textOf(path))),
  );
  expect(found).toEqual([]);
});

test("every package and app has a README", () => {
  const manifests = allFiles.filter((path) =>
    /^(?:packages|apps)\/[^/]+\/package\.json$/.test(path),
  );
  const folders = manifests.map((path) => dirname(path));
  expect(folders.filter((folder) => !allFiles.includes(`${folder}/README.md`))).toEqual([]);
});

test("every document has exactly one title", () => {
  const titles = (path: string) => proseOf(textOf(path)).match(/^# .+$/gm)?.length ?? 0;
  const found = documents.map((path) => `${path}: ${titles(path)}`);
  expect(found.filter((line) => !line.endsWith(": 1"))).toEqual([]);
});

test("every relative link of a document leads to a file", () => {
  const found = documents.flatMap((path) => {
    const links = proseOf(textOf(path)).matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)/g);
    return [...links].flatMap((link) => {
      const [target] = (link[1] ?? "").split("#");
      if (target === undefined || target === "" || /^[a-z]+:/.test(target)) return [];
      const resolved = join(repositoryFolder, dirname(path), decodeURIComponent(target));
      return existsSync(resolved) ? [] : [`${path}: ${link[1]}`];
    });
  });
  expect(found).toEqual([]);
});

/** Who may depend on what is big: one place per dependency. */
const dependencyPlaces: Readonly<Record<string, readonly string[]>> = {
  commander: ["apps/cli"],
  express: ["apps/api"],
  helmet: ["apps/api"],
  jose: ["apps/api", "apps/cli", "scripts", "test", "bench"],
  next: ["apps/dashboard"],
  pino: ["packages/telemetry"],
  "prom-client": ["packages/telemetry"],
  react: ["apps/dashboard"],
  redis: ["apps/api"],
  "@socket.io/redis-adapter": ["apps/api"],
  "socket.io": ["packages/transport", "apps/api"],
  "socket.io-client": ["packages/transport", "apps/dashboard", "apps/api", "test"],
};

test("each big dependency has one place", () => {
  const found = manifestEntries().filter(
    ({ folder, name, kind }) =>
      kind === "dependencies" && dependencyPlaces[name]?.includes(folder) === false,
  );
  expect(found).toEqual([]);
});

test("versions of dependencies are exact", () => {
  expect(manifestEntries().filter(({ version }) => !/^\d+\.\d+\.\d+/.test(version))).toEqual([]);
});

interface ManifestEntry {
  readonly folder: string;
  readonly kind: string;
  readonly name: string;
  readonly version: string;
}

function manifestEntries(): readonly ManifestEntry[] {
  const manifests = allFiles.filter((path) => /(?:^|\/)package\.json$/.test(path));
  return manifests.flatMap((path) => {
    const manifest: Record<string, Record<string, string> | undefined> = JSON.parse(textOf(path));
    const kinds = ["dependencies", "devDependencies", "optionalDependencies"] as const;
    return kinds.flatMap((kind) =>
      Object.entries(manifest[kind] ?? {}).map(([name, version]) => {
        return { folder: dirname(path), kind, name, version };
      }),
    );
  });
}
