/** A configuration as bytes, and what is asked of each of its fields alike. */
import { type ByteReader, type ByteWriter, DecodeError } from "@quorate/prelude";
import {
  type BackoffConfig,
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

type NumbersOf<Fields> = {
  [Name in keyof Fields]: Fields[Name] extends number ? Name : never;
}[keyof Fields];

const number = (name: NumbersOf<QueueConfig>): NumberField => ({
  pointer: `/${name}`,
  read: (config) => config[name],
  write: (config, value) => ({ ...config, [name]: value }),
});

const ofBackoff = (name: NumbersOf<BackoffConfig>): NumberField => ({
  pointer: `/backoff/${name}`,
  read: (config) => config.backoff?.[name],
  write: (config, value) => ({ ...config, backoff: { ...config.backoff, [name]: value } }),
});

/** In the order of their bits. */
const numberFields: readonly NumberField[] = [
  number("maxFailures"),
  number("maxDeliveries"),
  ofBackoff("maxMs"),
  ofBackoff("baseMs"),
  ofBackoff("factor"),
  ofBackoff("jitter"),
  number("leaseMsDefault"),
  number("dedupWindowMs"),
  number("retentionMs"),
  number("deadRetentionMs"),
  number("maxMessages"),
  number("maxBytes"),
  number("maxInFlight"),
  number("bodyBytesMax"),
];

interface ChoiceField {
  readonly choices: readonly unknown[];
  read(config: QueueConfigPatch): unknown;
  write(config: QueueConfigPatch, index: number): QueueConfigPatch;
}

function choiceOf<Name extends keyof QueueConfig>(
  name: Name,
  choices: readonly QueueConfig[Name][],
): ChoiceField {
  return {
    choices,
    read: (config) => config[name],
    write: (config, index) => {
      const value = choices[index];
      if (value === undefined) throw new DecodeError("unknown choice of a configuration field");
      return { ...config, [name]: value };
    },
  };
}

const falseOrTrue = [false, true];

/** In the order of their bits. */
const choiceFields: readonly ChoiceField[] = [
  choiceOf("dedupMode", queueConfigChoices.dedupMode),
  choiceOf("onExpire", queueConfigChoices.onExpire),
  choiceOf("onDead", queueConfigChoices.onDead),
  choiceOf("denyPurge", falseOrTrue),
  choiceOf("denyDelete", falseOrTrue),
];
