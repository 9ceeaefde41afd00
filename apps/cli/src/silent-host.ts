import type { Host } from "./cli.ts";

/** An outside in which nothing is seen, said or found. */
export const silentHost: Host = {
  terminal: {
    inIsTerminal: false,
    out: { isTerminal: false, columns: 100, rows: null, write: () => undefined },
    talk: { isTerminal: false, columns: 100, rows: null, write: () => undefined },
    readIn: () => Promise.resolve(new Uint8Array()),
    ask: () => Promise.resolve(""),
    askSecretly: () => Promise.resolve(""),
  },
  environment: {
    url: null,
    token: null,
    context: null,
    output: null,
    contextFile: "",
    isColorless: true,
    isColorForced: false,
  },
  folder: "",
  signal: new AbortController().signal,
  nowMs: () => 0,
  pause: () => Promise.resolve(),
};
