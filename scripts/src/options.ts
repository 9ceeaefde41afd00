import { parseArgs } from "node:util";
import { exitCodes } from "./exit-codes.ts";
import { Failure } from "./failure.ts";

/** Replicas that a dev cluster may have; four exist only in transit from three to five. */
export const replicaCounts = [1, 3, 5] as const;

/** What the command line of `npm start` asks for. */
export interface StartOptions {
  /** Forget the cluster that exists and begin a new one. */
  readonly fresh: boolean;
  /** Replicas wanted, or null for those of the existing cluster, else three. */
  readonly replicas: number | null;
  /** TCP port of the API and the dashboard on loopback, 1–65535. */
  readonly port: number;
  /** Return when ready, and leave the cluster running. */
  readonly detach: boolean;
  /** Start a process again that has ended. */
  readonly restart: boolean;
}

/** The port that the documents name. */
const portDefault = 8080;
const portMax = 65_535;

const options = {
  fresh: { type: "boolean" },
  replicas: { type: "string" },
  port: { type: "string" },
  detach: { type: "boolean" },
  "no-restart": { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** What `npm start -- --help` prints. */
export const startHelp = `npm start starts a cluster on this machine, or goes on with the one that there is.

  npm start -- --fresh           forget its data and begin a new one
  npm start -- --replicas 5      1, 3 or 5 replicas in a new one (3)
  npm start -- --port 9000       port of the API and the dashboard (${portDefault})
  npm start -- --detach          return when it is ready, and leave it running
  npm start -- --no-restart      leave a process that has ended as it is
  npm run stop                   end it`;

/** Reads the command line of `npm start`; null: help is wanted. Throws Failure `usage`. */
export function parseStartOptions(args: readonly string[]): StartOptions | null {
  const values = valuesOf(args);
  if (values.help === true) return null;
  return {
    fresh: values.fresh ?? false,
    replicas: values.replicas === undefined ? null : replicasIn(values.replicas),
    port: values.port === undefined ? portDefault : portIn(values.port),
    detach: values.detach ?? false,
    restart: !(values["no-restart"] ?? false),
  };
}

function valuesOf(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (cause) {
    throw wrongOption(cause, startHelp);
  }
}

/** The Failure for a command line that `parseArgs` refuses, with the help behind its own first words. */
export function wrongOption(cause: unknown, help: string): Failure {
  const [line = ""] = cause instanceof Error ? cause.message.split(/[.\n]/, 1) : [];
  return new Failure(exitCodes.usage, line, { cause, detail: help });
}

function replicasIn(text: string): number {
  const count = replicaCounts.find((each) => String(each) === text);
  if (count !== undefined) return count;
  throw new Failure(exitCodes.usage, `--replicas takes 1, 3 or 5, not "${text}"`);
}

function portIn(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= portMax) return port;
  throw new Failure(exitCodes.usage, `--port takes a number from 1 to ${portMax}, not "${text}"`);
}
