/** Runs the command inside the test, with a terminal that remembers what it was shown. */
import type { Environment } from "../config.ts";
import { run } from "../run.ts";
import type { Terminal } from "../terminal.ts";

/** What a test may say about the outside; nothing is a terminal unless it says so. */
export interface Surroundings {
  readonly environment?: Partial<Environment>;
  readonly folder?: string;
  /** Standard input, where no person sits. */
  readonly input?: string | Uint8Array;
  /**
   * A person at the terminal, who answers questions with these lines, or after doing something else;
   * then there are none left.
   */
  readonly person?: readonly (string | (() => Promise<string>))[];
  /** Characters in a line of the person's terminal (100). */
  readonly columns?: number;
  readonly nowMs?: () => number;
  /** Called when the command pauses; the command is interrupted when it answers false. */
  readonly onPause?: () => boolean | Promise<boolean>;
}

/** What could be seen so far. */
export interface Shown {
  readonly out: string;
  readonly talk: string;
}

/** How a run of the command ended. */
export interface Ended extends Shown {
  readonly code: number;
  /** The data as JSON. Throws when it is none. */
  readonly json: () => Readonly<Record<string, unknown>>;
}

/** A folder in which there is nothing. */
const nowhere = "/nonexistent";

const environmentDefault: Environment = {
  url: null,
  token: null,
  context: null,
  output: null,
  contextFile: `${nowhere}/config.json`,
  isColorless: false,
  isColorForced: false,
};

/** Runs the command with these arguments. */
export async function runCli(
  args: readonly string[],
  surroundings: Surroundings = {},
): Promise<Ended> {
  const { folder = nowhere, nowMs = Date.now, onPause = () => true } = surroundings;
  const shown = { out: "", talk: "" };
  const interruption = new AbortController();
  const code = await run(args, {
    terminal: terminalOf(surroundings, shown),
    environment: { ...environmentDefault, ...surroundings.environment },
    folder,
    signal: interruption.signal,
    nowMs,
    async pause() {
      if (!(await onPause())) interruption.abort();
    },
  });
  return { ...shown, code, json: () => JSON.parse(shown.out) };
}

function terminalOf(
  { person, columns = 100, input = "" }: Surroundings,
  shown: { out: string; talk: string },
): Terminal {
  const isTerminal = person !== undefined;
  const answers = [...(person ?? [])];
  const ask = async (question: string): Promise<string> => {
    shown.talk += question;
    const answer = answers.shift() ?? "";
    return typeof answer === "string" ? answer : await answer();
  };
  return {
    inIsTerminal: isTerminal,
    out: { isTerminal, columns, rows: 30, write: (text) => void (shown.out += text) },
    talk: { isTerminal, columns, rows: 30, write: (text) => void (shown.talk += text) },
    readIn: () => Promise.resolve(typeof input === "string" ? Buffer.from(input) : input),
    ask,
    askSecretly: ask,
  };
}
