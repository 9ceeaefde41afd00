/**
 * What a file says of queues: the document that `queue export` writes, the same as one line of JSON
 * for each queue, or a single queue.
 */
import { isQueueName } from "@quorate/contract";
import { type Fields, isFields, parseExactly } from "../exact-json.ts";
import { exitCodes } from "../exit-codes.ts";
import { Failure } from "../failure.ts";

/** One queue as the file wants it. */
export interface WantedQueue {
  readonly name: string;
  /** As given; the server knows which fields there are. */
  readonly config: Fields;
  /** Where it stands: a JSON pointer into it can follow at once. */
  readonly place: string;
}

/** The format for people, in help and in the reference; lines of 80 characters at most. */
export const queueFileText = `A file of queues is one document, or one queue on each line:
  {"queues": [{"name": "a", "config": {"maxFailures": 3}}, {"name": "b"}]}
Fields have the names and units of the API (ms, bytes). One that is not named
stays as it is, or has its default in a new queue. Pauses are no part of it.`;

interface Entry {
  readonly value: unknown;
  readonly place: string;
}

const shapeExpected =
  'Expected {"queues":[{"name":…,"config":{…}}]} as `queue export` writes it, or one such queue on each line.';

/** The queues in a text that came from `source`. Throws Failure with the place of every fault. */
export function readQueueFile(text: string, source: string): readonly WantedQueue[] {
  const entries = entriesOf(text, source);
  const places = new Map<string, string>();
  const faults: string[] = [];
  const wanted = entries.map(({ value, place }) => {
    const { name, config } = isFields(value) ? value : {};
    const before = typeof name === "string" ? places.get(name) : undefined;
    if (typeof name === "string") places.set(name, place);
    faults.push(...faultsOf(value, place));
    if (before !== undefined) faults.push(`${place}/name: ${String(name)} is there twice`);
    return {
      name: typeof name === "string" ? name : "",
      config: isFields(config) ? config : {},
      place,
    };
  });
  if (faults.length === 0) return wanted;
  throw new Failure(exitCodes.usage, `${source} cannot be applied; nothing was changed`, {
    faults,
    hint: shapeExpected,
  });
}

function faultsOf(value: unknown, place: string): readonly string[] {
  if (!isFields(value)) return [`${place}: expected an object`];
  const { name, config } = value;
  const isNamed = typeof name === "string" && isQueueName(name);
  return [
    ...unknownFields(value, ["name", "config"]).map((field) => `${place}/${field}: unknown field`),
    ...(isNamed ? [] : [`${place}/name: expected the name of a queue`]),
    ...(config === undefined || isFields(config) ? [] : [`${place}/config: expected an object`]),
  ];
}

function unknownFields(value: Fields, known: readonly string[]): readonly string[] {
  return Object.keys(value).filter((field) => !known.includes(field));
}

function entriesOf(text: string, source: string): readonly Entry[] {
  const whole = parsed(text);
  if ("fault" in whole) return lineEntries(text, source, whole.fault);
  const { value } = whole;
  if (isFields(value) && Object.hasOwn(value, "name")) return [{ value, place: `${source}: ` }];
  if (!isFields(value) || !Array.isArray(value["queues"])) {
    throw new Failure(exitCodes.usage, `${source} holds no queues`, { hint: shapeExpected });
  }
  const strange = unknownFields(value, ["queues"]);
  if (strange.length > 0) {
    throw new Failure(exitCodes.usage, `${source} cannot be applied; nothing was changed`, {
      faults: strange.map((field) => `${source}: /${field}: unknown field`),
      hint: shapeExpected,
    });
  }
  const list: readonly unknown[] = value["queues"];
  return list.map((each, index) => ({ value: each, place: `${source}: /queues/${index}` }));
}

/** One queue on each line. `fault`: what is wrong with the text as one document. */
function lineEntries(text: string, source: string, fault: string): readonly Entry[] {
  const lines = text
    .split("\n")
    .map((line, index) => ({ ...parsed(line), line, place: `${source} line ${index + 1}: ` }))
    .filter(({ line }) => line.trim() !== "");
  const [first] = lines;
  if (first === undefined || "fault" in first) {
    throw new Failure(exitCodes.usage, `${source} is no JSON: ${fault}`, { hint: shapeExpected });
  }
  const faults = lines.flatMap((each) => ("fault" in each ? [each.place + each.fault] : []));
  if (faults.length > 0) {
    throw new Failure(exitCodes.usage, `${source} is no JSON in every line`, { faults });
  }
  return lines.flatMap((each) => ("fault" in each ? [] : [each]));
}

function parsed(text: string): { readonly value: unknown } | { readonly fault: string } {
  try {
    return { value: parseExactly(text) };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}
