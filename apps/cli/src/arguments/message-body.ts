/** The body of a message on the command line: the text itself, `-` for standard input, `@file`. */
import { storedBodyBytesMax } from "@quorate/contract";
import type { Host } from "../cli.ts";
import { parseExactly } from "../exact-json.ts";
import { exitCodes } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import { inputBytes, standardInput } from "./input-bytes.ts";

/** The fields of a message that say its body. */
export interface BodyFields {
  readonly body?: unknown;
  readonly bodyBase64?: string;
  readonly contentType?: string;
}

/**
 * Reads the body. Without a content type it must be JSON; with one it is kept as bytes, or as JSON
 * when the type says so. Throws Failure.
 */
export async function readBody(
  argument: string | undefined,
  contentType: string | undefined,
  host: Host,
): Promise<BodyFields> {
  const bytes = await bytesOf(argument, host);
  const isJson =
    contentType === undefined || /^application\/(?:[\w.-]+\+)?json\b/.test(contentType);
  const label = contentType === undefined ? {} : { contentType };
  if (isJson) return { body: jsonIn(bytes), ...label };
  return { bodyBase64: Buffer.from(bytes).toString("base64"), ...label };
}

async function bytesOf(argument: string | undefined, host: Host): Promise<Uint8Array> {
  if (argument === undefined && host.terminal.inIsTerminal) {
    throw new Failure(exitCodes.usage, "the body is missing", {
      hint: "Give it as an argument, as @file, or as - to read standard input.",
    });
  }
  if (argument === undefined || argument === standardInput) {
    return await inputBytes(standardInput, host, storedBodyBytesMax);
  }
  if (argument.startsWith("@"))
    return await inputBytes(argument.slice(1), host, storedBodyBytesMax);
  return Buffer.from(argument, "utf8");
}

function jsonIn(bytes: Uint8Array): unknown {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  try {
    return parseExactly(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Failure(exitCodes.usage, `the body is no JSON: ${reason}`, {
      cause,
      hint: `Text needs its quotes, as in '"hello"', or a type: --content-type text/plain.`,
    });
  }
}
