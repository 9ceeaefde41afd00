/** `dev.json`: what programs and people need to talk to the dev cluster. Binding for them. */
import { writePrivateFile } from "./private-file.ts";
import type { DevTokens } from "./tokens.ts";

/** One replica of `dev.json`. All paths are absolute. */
export interface DevReplica {
  readonly id: string;
  /** Position in the configuration, from 0. */
  readonly index: number;
  /** The last process; it may just have ended. */
  readonly pid: number;
  /** Where peers and gateways reach it. */
  readonly url: string;
  readonly metricsUrl: string;
  readonly dataDir: string;
  readonly log: string;
}

/** All of `dev.json`. */
export interface DevFile {
  /** No slash at the end. */
  readonly apiUrl: string;
  readonly tokens: DevTokens;
  readonly operatorKeyFile: string;
  readonly operatorPassphraseFile: string;
  readonly replicas: readonly DevReplica[];
  readonly api: { readonly pid: number; readonly log: string };
}

/** Replaces `dev.json`, mode 0600; a reader sees the old one or the new one. */
export function writeDevFile(path: string, file: DevFile): void {
  writePrivateFile(path, `${JSON.stringify(file, null, 2)}\n`);
}
