/** A configuration as bytes, and what is asked of each of its fields alike. */
import { type ByteReader, type ByteWriter, DecodeError } from "@quorate/prelude";
import {
  type QueueConfig,
  queueConfigChoices,
  type QueueConfigPatch,
  type QueueConfigPointer,
  queueConfigRanges,
} from "./queue-config.ts";

/** A number of the configuration that is out of its range. */
export interface QueueConfigFault {
  readonly pointer: QueueConfigPointer;
  readonly min: number;
  readonly max: number;
}

/** The first number that is not whole where it must be, or out of range; null when all are right. */
export function queueConfigFault(config: QueueConfig): QueueConfigFault | null {
  for (const field of numberFields) {
    const { pointer } = field;
    const value = field.read(config);
    const { min, max, integer } = queueConfigRanges[pointer];
    const isInRange = value !== undefined && value >= min && value <= max;
    if (!isInRange || (integer && !Number.isInteger(value))) return { pointer, min, max };
  }
  const { baseMs, maxMs } = config.backoff;
  return baseMs <= maxMs ? null : { pointer: "/backoff/baseMs", min: 0, max: maxMs };
}

/** Whether every field that the patch gives has this value in the configuration already. */
export function queueConfigHas(config: QueueConfig, patch: QueueConfigPatch): boolean {
  const isEqual = (field: { read(of: QueueConfigPatch): unknown }): boolean => {
    const given = field.read(patch);
    return given === undefined || given === field.read(config);
  };
  return numberFields.every(isEqual) && choiceFields.every(isEqual);
}

/** Writes the fields that are given: a bit for each, then their values in the order of the bits. */
export function writeQueueConfig(writer: ByteWriter, patch: QueueConfigPatch): void {
  const numbers = numberFields.map((field) => field.read(patch));
  const choices = choiceFields.map((field) => field.choices.indexOf(field.read(patch)));
  writer.u32(
    numbers.reduce<number>((mask, v, bit) => (v === undefined ? mask : mask + 2 ** bit), 0),
  );
  writer.u16(choices.reduce<number>((mask, v, bit) => (v < 0 ? mask : mask + 2 ** bit), 0));
  for (const value of numbers) if (value !== undefined) writer.f64(value);
  for (const choice of choices) if (choice >= 0) writer.u8(choice);
}

/** Reads what writeQueueConfig wrote. Throws DecodeError; ranges are queueConfigFault's. */
export function readQueueConfig(reader: ByteReader): QueueConfigPatch {
  const numbersMask = reader.u32();
  const choicesMask = reader.u16();
  if (numbersMask >= 2 ** numberFields.length || choicesMask >= 2 ** choiceFields.length) {
    throw new DecodeError("unknown configuration field");
  }
  let patch: QueueConfigPatch = {};
  numberFields.forEach((field, bit) => {
    if ((numbersMask & (2 ** bit)) !== 0) patch = field.write(patch, reader.f64());
  });
  choiceFields.forEach((field, bit) => {
    if ((choicesMask & (2 ** bit)) !== 0) patch = field.write(patch, reader.u8());
  });
  return patch;
}

interface NumberField {
  readonly pointer: QueueConfigPointer;
  read(config: QueueConfigPatch): number | undefined;
  write(config: QueueConfigPatch, value: number): QueueConfigPatch;
}

const number = (
  pointer: QueueConfigPointer,
  read: NumberField["read"],
  write: NumberField["write"],
): NumberField => ({ pointer, read, write });

const numberFields: readonly NumberField[] = [
  number(
    "/maxFailures",
    (c) => c.maxFailures,
    (c, v) => ({ ...c, maxFailures: v }),
  ),
  number(
    "/maxDeliveries",
    (c) => c.maxDeliveries,
    (c, v) => ({ ...c, maxDeliveries: v }),
  ),
  number(
    "/backoff/maxMs",
    (c) => c.backoff?.maxMs,
    (c, v) => ({ ...c, backoff: { ...c.backoff, maxMs: v } }),
  ),
  number(
    "/backoff/baseMs",
    (c) => c.backoff?.baseMs,
    (c, v) => ({ ...c, backoff: { ...c.backoff, baseMs: v } }),
  ),
  number(
    "/backoff/factor",
    (c) => c.backoff?.factor,
    (c, v) => ({ ...c, backoff: { ...c.backoff, factor: v } }),
  ),
  number(
    "/backoff/jitter",
    (c) => c.backoff?.jitter,
    (c, v) => ({ ...c, backoff: { ...c.backoff, jitter: v } }),
  ),
  number(
    "/leaseMsDefault",
    (c) => c.leaseMsDefault,
    (c, v) => ({ ...c, leaseMsDefault: v }),
  ),
  number(
    "/dedupWindowMs",
    (c) => c.dedupWindowMs,
    (c, v) => ({ ...c, dedupWindowMs: v }),
  ),
  number(
    "/retentionMs",
    (c) => c.retentionMs,
    (c, v) => ({ ...c, retentionMs: v }),
  ),
  number(
    "/deadRetentionMs",
    (c) => c.deadRetentionMs,
    (c, v) => ({ ...c, deadRetentionMs: v }),
  ),
  number(
    "/maxMessages",
    (c) => c.maxMessages,
    (c, v) => ({ ...c, maxMessages: v }),
  ),
  number(
    "/maxBytes",
    (c) => c.maxBytes,
    (c, v) => ({ ...c, maxBytes: v }),
  ),
  number(
    "/maxInFlight",
    (c) => c.maxInFlight,
    (c, v) => ({ ...c, maxInFlight: v }),
  ),
  number(
    "/bodyBytesMax",
    (c) => c.bodyBytesMax,
    (c, v) => ({ ...c, bodyBytesMax: v }),
  ),
];

interface ChoiceField {
  readonly choices: readonly unknown[];
  read(config: QueueConfigPatch): unknown;
  write(config: QueueConfigPatch, choice: number): QueueConfigPatch;
}

function choiceField<Value>(
  choices: readonly Value[],
  read: (config: QueueConfigPatch) => Value | undefined,
  assign: (config: QueueConfigPatch, value: Value) => QueueConfigPatch,
): ChoiceField {
  return {
    choices,
    read,
    write: (config, choice) => {
      const value = choices[choice];
      if (value === undefined) throw new DecodeError("unknown choice of a configuration field");
      return assign(config, value);
    },
  };
}

const choiceFields: readonly ChoiceField[] = [
  choiceField(
    queueConfigChoices.dedupMode,
    (c) => c.dedupMode,
    (c, v) => ({ ...c, dedupMode: v }),
  ),
  choiceField(
    queueConfigChoices.onExpire,
    (c) => c.onExpire,
    (c, v) => ({ ...c, onExpire: v }),
  ),
  choiceField(
    queueConfigChoices.onDead,
    (c) => c.onDead,
    (c, v) => ({ ...c, onDead: v }),
  ),
  choiceField(
    [false, true] as const,
    (c) => c.denyPurge,
    (c, v) => ({ ...c, denyPurge: v }),
  ),
  choiceField(
    [false, true] as const,
    (c) => c.denyDelete,
    (c, v) => ({ ...c, denyDelete: v }),
  ),
];
