/** One line from the person at the terminal. */
import { createInterface } from "node:readline/promises";
import type { Readable, Writable } from "node:stream";

/** Where the question is put, and how it ends before it is answered. */
export interface Asking {
  readonly input: Readable;
  readonly output: Writable;
  readonly signal: AbortSignal;
  /** Called for Ctrl-C, which readline takes from the terminal for itself. */
  readonly onInterrupt: () => void;
}

/**
 * The line that was typed; empty when the input ends without one, as by Ctrl-D. Rejects when the
 * signal is aborted.
 */
export async function ask(question: string, asking: Asking): Promise<string> {
  const { input, output, signal, onInterrupt } = asking;
  const lines = createInterface({ input, output, terminal: true });
  lines.on("SIGINT", onInterrupt);
  // Nobody answers a question any more once the input has ended: readline would wait for ever.
  const ended = new AbortController();
  lines.once("close", () => ended.abort());
  try {
    return await lines.question(question, { signal: AbortSignal.any([signal, ended.signal]) });
  } catch (error) {
    if (signal.aborted || !isAbortion(error)) throw error;
    output.write("\n");
    return "";
  } finally {
    lines.close();
  }
}

function isAbortion(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}
