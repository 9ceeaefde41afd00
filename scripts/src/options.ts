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

const usage =
  "usage: npm start [-- --fresh --replicas 1|3|5 --port <number> --detach --no-restart]";

/** Reads the command line of `npm start`. Throws Failure `usage`. */
export function parseStartOptions(args: readonly string[]): StartOptions {
  const values = valuesOf(args);
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
    const { values } = parseArgs({
      args: [...args],
      options: {
        fresh: { type: "boolean" },
        replicas: { type: "string" },
        port: { type: "string" },
        detach: { type: "boolean" },
        "no-restart": { type: "boolean" },
      },
    });
    return values;
  } catch (cause) {
    throw new Failure(exitCodes.usage, usage, { cause });
  }
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
