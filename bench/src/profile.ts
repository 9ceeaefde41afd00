/** Where the CPU time of a run went: the functions of Node's CPU profiles with the most self time. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

/** The environment that makes a process write its profile into the folder when it ends. */
export function profilingEnvironment(folder: string, id: string): Readonly<Record<string, string>> {
  const options = ["--cpu-prof", `--cpu-prof-dir=${join(folder, id)}`];
  return { NODE_OPTIONS: options.join(" ") };
}

/** Functions shown for each process. */
const shown = 25;

/** A span of the system's monotonic clock, in microseconds: what V8 stamps its profiles with. */
export interface Span {
  readonly fromMicros: number;
  readonly toMicros: number;
}

/** Now, on the clock of `Span`. */
export function monotonicMicros(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    readonly lineNumber: number;
  };
}

interface Profile {
  readonly nodes: readonly ProfileNode[];
  /** Microseconds on the monotonic clock; each delta leads to the sample of the same index. */
  readonly startTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/**
 * The functions that took most of a span, from all profiles in a folder, as text. Time in which a
 * process had nothing to do is left out.
 */
export function topFunctions(folder: string, span: Span): string {
  const selfMicros = new Map<string, number>();
  for (const name of readdirSync(folder)) {
    if (name.endsWith(".cpuprofile")) addProfile(selfMicros, join(folder, name), span);
  }
  const idle = new Set(["(idle) :", "(program) :", "(root) :"]);
  const busy = [...selfMicros].filter(([where]) => !idle.has(where));
  const total = busy.reduce((sum, [, micros]) => sum + micros, 0);
  const lines = busy
    .toSorted(([, left], [, right]) => right - left)
    .slice(0, shown)
    .map(([where, micros]) => `  ${((100 * micros) / total).toFixed(1).padStart(5)} %  ${where}`);
  return [`${basename(folder)}: ${(total / 1000).toFixed(0)} ms in functions`, ...lines].join("\n");
}

function addProfile(selfMicros: Map<string, number>, path: string, span: Span): void {
  const { nodes, samples, timeDeltas, startTime }: Profile = JSON.parse(readFileSync(path, "utf8"));
  const places = new Map(nodes.map((node) => [node.id, placeOf(node)]));
  let atMicros = startTime;
  for (const [index, id] of samples.entries()) {
    const delta = timeDeltas[index] ?? 0;
    atMicros += delta;
    if (atMicros < span.fromMicros || atMicros > span.toMicros) continue;
    const place = places.get(id) ?? "";
    selfMicros.set(place, (selfMicros.get(place) ?? 0) + delta);
  }
}

function placeOf({ callFrame: { functionName, url, lineNumber } }: ProfileNode): string {
  const file = url.replace(/^.*\/(node_modules|packages|apps)\//, "$1/");
  return `${functionName || "(anonymous)"} ${file}:${lineNumber >= 0 ? lineNumber + 1 : ""}`;
}
