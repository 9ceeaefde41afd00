/** What every command is given: the output, the gateway, and how to end. */
import {
  type Answer,
  type Call,
  type OperationId,
  Quorate,
  type QuorateOptions,
} from "@quorate/sdk";
import type { Environment } from "./config.ts";
import { type Connection, connectionOf } from "./contexts/connection.ts";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { Failure } from "./failure.ts";
import type { Globals } from "./globals.ts";
import { Output, type OutputFormat, outputFormats } from "./output/output.ts";
import { Progress } from "./output/progress.ts";
import type { Terminal } from "./terminal.ts";

/** Attempts after the first: a new primary is found in them, and nobody waits long for a refusal. */
const maxRetries = 5;

/** The outside of one run. */
export interface Host {
  readonly terminal: Terminal;
  readonly environment: Environment;
  /** The folder that the command was called in. */
  readonly folder: string;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Ms since 1970. */
  readonly nowMs: () => number;
  /** Resolves after this time, in ms, at once when the signal is aborted. */
  readonly pause: (ms: number) => Promise<void>;
}

/** One run of the command. Life: made when the program is, used by the one command that runs. */
export class Cli {
  readonly host: Host;
  #readGlobals: (() => Globals) | null = null;
  #output: Output | null = null;
  #client: Quorate | null = null;
  /** Of the call that is made now. */
  #attempts = 0;
  #exitCode: ExitCode = exitCodes.ok;

  constructor(host: Host) {
    this.host = host;
  }

  /** Says where the options are found that every command takes, once the arguments are read. */
  readGlobals(read: () => Globals): void {
    this.#readGlobals = read;
  }

  /** Where data and talk go. */
  get output(): Output {
    const { output, json, quiet } = this.globals;
    const { environment, terminal, nowMs } = this.host;
    this.#output ??= new Output(terminal, {
      format: json === true ? "json" : (output ?? formatIn(environment)),
      isQuiet: quiet ?? false,
      colors: environment,
      nowMs,
    });
    return this.#output;
  }

  /** The options that every command takes. */
  get globals(): Globals {
    return this.#readGlobals?.() ?? {};
  }

  /** The gateway and the token of this run. Throws Failure when there is none. */
  connection(): Connection {
    return connectionOf(this.globals, this.host.environment, this.host.folder);
  }

  /** Calls a route. Throws a QuorateError. */
  async request<O extends OperationId>(operation: O, call: Call<O>): Promise<Answer<O>> {
    const { timeout: timeoutMs } = this.globals;
    this.#client ??= this.newClient(this.noisyFetch());
    this.#attempts = 0;
    return await this.#client.request(operation, {
      signal: this.host.signal,
      timeoutMs,
      ...call,
    });
  }

  /** A client for this run's gateway. */
  newClient(options: Pick<QuorateOptions, "fetch"> = {}): Quorate {
    const { url, token } = this.connection();
    const access = token === null ? {} : { token };
    return new Quorate({ url, ...access, ...options, maxRetries, userAgent: "quorate-cli" });
  }

  /** Tells a person once that a call is tried again: it may take seconds until it is given up. */
  private noisyFetch(): Pick<QuorateOptions, "fetch"> {
    const fetchAttempt: typeof fetch = (input, init) => {
      this.#attempts += 1;
      if (this.#attempts === 2 && this.output.showsProgress) {
        this.output.say("It cannot be done at this moment: trying again …");
      }
      return fetch(input, init);
    };
    return { fetch: fetchAttempt };
  }

  /** A bar for a work of so much; `text` says an amount in words. */
  progress(total: number, text?: (amount: number) => string): Progress {
    const { terminal, nowMs } = this.host;
    const sink = this.output.showsProgress ? terminal.talk : null;
    return new Progress(sink, { total, nowMs, ...(text === undefined ? {} : { text }) });
  }

  /** Ends with this code although the command did what it was asked. */
  endWith(exitCode: ExitCode): void {
    this.#exitCode = exitCode;
  }

  /** How the command ends when nothing is thrown. */
  get exitCode(): ExitCode {
    return this.#exitCode;
  }
}

function formatIn({ output }: Environment): OutputFormat | null {
  const known = outputFormats.find((format) => format === output);
  if (output === null || known !== undefined) return known ?? null;
  throw new Failure(exitCodes.usage, `QUORATE_OUTPUT cannot be "${output}"`, {
    hint: `It is one of ${outputFormats.join(", ")}.`,
  });
}
