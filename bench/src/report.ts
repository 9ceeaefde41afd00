/** The figures of a run for people, as an aligned table, and for programs, as a file. */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import type { Figure, Outcome } from "./measurement.ts";

/** All of a results file. */
export interface BenchReport {
  readonly at: string;
  readonly node: string;
  readonly cpus: readonly string[];
  /** Load average over a minute, before and after: others' work is in the figures. */
  readonly loadBefore: number;
  readonly loadAfter: number;
  readonly seconds: number;
  readonly outcomes: readonly Outcome[];
}

/** The load average over the last minute. */
export function loadNow(): number {
  return loadavg()[0] ?? Number.NaN;
}

/** Processor names, one per core. */
export function processors(): readonly string[] {
  return cpus().map(({ model }) => model);
}

/** One line per figure group, in columns: the work, its figures, what each process spent. */
export function tableOf(outcomes: readonly Outcome[], whatOf: (name: string) => string): string {
  const rows = outcomes.flatMap(({ name, figures, cpuMicros }) => {
    const first = [`${name}: ${whatOf(name)}`, figures.map(figureText).join("   ")];
    const spent = Object.entries(cpuMicros).map(([id, micros]) => `${id} ${decimals(micros)}`);
    return spent.length === 0 ? [first] : [first, ["  CPU µs per message", spent.join("   ")]];
  });
  const width = Math.max(...rows.map(([left = ""]) => left.length));
  return rows.map(([left = "", right = ""]) => `${left.padEnd(width)}   ${right}`).join("\n");
}

/** Writes `<folder>/<time>.json` and returns its path. */
export function writeReport(folder: string, report: BenchReport): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${report.at.replaceAll(":", "-")}.json`);
  writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`);
  return path;
}

function figureText({ name, value, unit }: Figure): string {
  switch (unit) {
    case "/s":
      return `${grouped(value)} ${name}/s`;
    case "ms":
    case "µs":
      return `${name} ${decimals(value)} ${unit}`;
    case "":
      return `${name} ${grouped(value)}`;
  }
}

function grouped(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** Three digits that mean something. */
function decimals(value: number): string {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}
