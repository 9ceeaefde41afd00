/** A queue's configuration on the command line: `maxFailures=3 leaseMsDefault=60s backoff.jitter=0`. */
import { queueConfigDefault, type QueueConfigGiven } from "@quorate/contract";
import { type Fields, isFields, valueAt } from "../exact-json.ts";
import { exitCodes } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import { bytesText, cellText, durationText } from "../output/cell.ts";
import { durationExpected, durationIn } from "./duration.ts";

/** Paths of all fields that can be given, with their defaults. */
export const configFields: readonly (readonly [path: string, value: unknown])[] = leaves(
  queueConfigDefault,
  "",
);

function leaves(fields: object, prefix: string): (readonly [string, unknown])[] {
  return Object.entries(fields).flatMap(([name, value]: [string, unknown]) =>
    isFields(value) ? leaves(value, `${prefix}${name}.`) : [[prefix + name, value] as const],
  );
}

/** The value of a field as a person reads it: a duration, a size, a number or a word. */
export function configText(path: string, value: unknown): string {
  if (typeof value === "number" && isDuration(path)) return durationText(value);
  return typeof value === "number" && isSize(path) ? bytesText(value) : cellText(value);
}

/** The fields as help shows them, each with its default. */
export const configFieldsText = configFields
  .map(([path, value]) => `  ${path.padEnd(20)} ${configText(path, value)}`)
  .join("\n");

function isDuration(path: string): boolean {
  return /Ms(?:[A-Z]|$)/.test(path);
}

function isSize(path: string): boolean {
  return /bytes/i.test(path);
}

/** The assignments as part of a configuration. Throws Failure. */
export function readConfigFields(assignments: readonly string[]): QueueConfigGiven {
  let config: Fields = {};
  for (const assignment of assignments) {
    const at = assignment.indexOf("=");
    const [path, text] = [assignment.slice(0, at), assignment.slice(at + 1)];
    const known = configFields.find(([name]) => name === path);
    if (at < 1 || known === undefined) {
      const fault = at < 1 ? "expected <field>=<value>" : `there is no field ${path}`;
      throw new Failure(exitCodes.usage, `"${assignment}": ${fault}`, {
        hint: `Fields: ${configFields.map(([name]) => name).join(", ")}`,
      });
    }
    config = withValue(config, path.split("."), valueOf(path, text, known[1]));
  }
  return config;
}

/** The value in the type of the field's default. Ranges are the server's to check. */
function valueOf(path: string, text: string, like: unknown): unknown {
  if (typeof like === "boolean") {
    if (text === "true" || text === "false") return text === "true";
    return refuse(path, text, "Expected true or false.");
  }
  if (typeof like !== "number") return text;
  if (/^\d{1,15}(?:\.\d{1,6})?$/.test(text)) return Number(text);
  if (isDuration(path)) return durationIn(text) ?? refuse(path, text, durationExpected);
  if (isSize(path)) {
    return bytesIn(text) ?? refuse(path, text, "Expected bytes such as 65536, 64KiB or 8GiB.");
  }
  return refuse(path, text, "Expected a number.");
}

function refuse(path: string, text: string, hint: string): never {
  throw new Failure(exitCodes.usage, `${path} cannot be "${text}"`, { hint });
}

function bytesIn(text: string): number | null {
  const units = { KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const;
  const [, number = "", unit = ""] = /^(\d{1,9})(KiB|MiB|GiB)$/.exec(text) ?? [];
  const found = Object.entries(units).find(([name]) => name === unit);
  return found === undefined ? null : Number(number) * found[1];
}

function withValue(fields: Fields, path: readonly string[], value: unknown): Fields {
  const [name = "", ...rest] = path;
  if (rest.length === 0) return { ...fields, [name]: value };
  const inner = fields[name];
  return { ...fields, [name]: withValue(isFields(inner) ? inner : {}, rest, value) };
}

/** One field that differs. */
export interface ConfigChange {
  readonly field: string;
  readonly from: unknown;
  readonly to: unknown;
}

/** What the given part would change. */
export function changesOf(current: object, given: object): readonly ConfigChange[] {
  return configFields.flatMap(([field]) => {
    const [from, to] = [valueAt(current, field), valueAt(given, field)];
    return to === undefined || to === from ? [] : [{ field, from, to }];
  });
}

/** The current configuration with the given part in it, also with fields that only servers know. */
export function merged(current: object, given: object): QueueConfigGiven {
  const before: Fields = { ...current };
  const entries = Object.entries(given).map(([name, value]: [string, unknown]) => {
    const inner = before[name];
    return [name, isFields(inner) && isFields(value) ? merged(inner, value) : value] as const;
  });
  return { ...before, ...Object.fromEntries(entries) };
}

/** Whether every field of the part is in the configuration, with the same value. */
export function holds(config: Fields, part: Fields): boolean {
  return Object.entries(part).every(([name, value]) => {
    const inner = config[name];
    return isFields(inner) && isFields(value) ? holds(inner, value) : inner === value;
  });
}

/** The configuration in the order of the contract; fields that are not known here come last. */
export function configInOrder(config: Fields, like: Fields = { ...queueConfigDefault }): Fields {
  const known = Object.keys(like).filter((name) => Object.hasOwn(config, name));
  const others = Object.keys(config).filter((name) => !Object.hasOwn(like, name));
  const entries = [...known, ...others.toSorted()].map((name) => {
    const [value, inner] = [config[name], like[name]];
    return [name, isFields(value) ? configInOrder(value, isFields(inner) ? inner : {}) : value];
  });
  return Object.fromEntries(entries);
}
