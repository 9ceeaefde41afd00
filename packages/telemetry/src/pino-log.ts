import type { Log, LogFields } from "@quorate/ports";
import { type DestinationStream, pino } from "pino";
import { readableFields } from "./log-fields.ts";

/** From everything to nothing but errors. */
export const logLevels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];

/**
 * A log that writes one JSON object a line: level, time, name, message, then the fields.
 *
 * To stdout, or where `destination` says. Secrets are redacted by field name and bytes are written
 * as hexadecimal.
 */
export function createLog(level: LogLevel, name: string, destination?: DestinationStream): Log {
  const options = {
    level,
    name,
    messageKey: "message",
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const logger = destination === undefined ? pino(options) : pino(options, destination);
  const write =
    (lineLevel: LogLevel) =>
    (message: string, fields: LogFields = {}): void => {
      if (logger.isLevelEnabled(lineLevel)) logger[lineLevel](readableFields(fields), message);
    };
  return {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
  };
}
