/** Where a command reads and writes: the terminal, or the pipes in its place. */
import { Writable } from "node:stream";
import { isatty } from "node:tty";
import { ask } from "./ask.ts";
import { exitCodes } from "./exit-codes.ts";
import { Failure } from "./failure.ts";

/** Width where nobody says how wide it is. */
const columnsDefault = 80;

/** Data goes to `out`, everything said about it to `talk`, so that a pipe holds data alone. */
export interface Terminal {
  readonly out: TextSink;
  readonly talk: TextSink;
  /** Whether a person sits at the input. */
  readonly inIsTerminal: boolean;
  /** All of standard input. Rejects when it is longer than `bytesMax`. */
  readIn(bytesMax: number): Promise<Uint8Array>;
  /** Asks for one line, on the talk side; see `ask`. */
  ask(question: string, signal: AbortSignal): Promise<string>;
  /** The same, without showing what is typed. */
  askSecretly(question: string, signal: AbortSignal): Promise<string>;
}

/** One side of the output. */
export interface TextSink {
  readonly isTerminal: boolean;
  /** Characters in a line. */
  readonly columns: number;
  /** Lines on the screen, or null when it is none. */
  readonly rows: number | null;
  write(text: string): void;
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  return {
    out: sinkOf(process.stdout),
    talk: sinkOf(process.stderr),
    inIsTerminal: isatty(process.stdin.fd),
    readIn,
    ask: (question, signal) => askAt(process.stderr, question, signal),
    async askSecretly(question, signal) {
      process.stderr.write(question);
      const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
      try {
        return await askAt(nowhere, "", signal);
      } finally {
        process.stderr.write("\n");
      }
    },
  };
}

function askAt(output: Writable, question: string, signal: AbortSignal): Promise<string> {
  const onInterrupt = () => process.kill(process.pid, "SIGINT");
  return ask(question, { input: process.stdin, output, signal, onInterrupt });
}

function sinkOf(stream: NodeJS.WriteStream & { readonly fd: number }): TextSink {
  const isTerminal = isatty(stream.fd);
  return {
    isTerminal,
    get columns() {
      // A terminal that does not know its width says 0.
      return isTerminal && stream.columns > 0 ? stream.columns : columnsDefault;
    },
    get rows() {
      return isTerminal && stream.rows > 0 ? stream.rows : null;
    },
    write: (text) => void stream.write(text),
  };
}

async function readIn(bytesMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const input: AsyncIterable<Uint8Array> = process.stdin;
  for await (const chunk of input) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > bytesMax) {
      throw new Failure(exitCodes.usage, `standard input has more than ${bytesMax} bytes`);
    }
  }
  return Buffer.concat(chunks);
}
