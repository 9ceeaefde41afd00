import { join } from "node:path";
import { stateFolder } from "./places.ts";

/** Where everything of a dev cluster lies; all paths are absolute. */
export interface DevFolder {
  readonly path: string;
  /** The configuration of the cluster. Written last at genesis: without it there is no cluster. */
  readonly clusterFile: string;
  readonly devFile: string;
  readonly runningFile: string;
  readonly supervisorLog: string;
  readonly keysFolder: string;
  readonly configFolder: string;
  readonly logFolder: string;
  /** The private key of the dev token issuer, as a JWK. */
  readonly issuerKeyFile: string;
  /** Its public key, as a JWK set. */
  readonly issuerKeySetFile: string;
  keyFile(id: string): string;
  passphraseFile(id: string): string;
  configFile(id: string): string;
  dataFolder(id: string): string;
  log(id: string): string;
}

/** The folder of `npm start`. */
export const defaultDevFolder = join(stateFolder, "dev");

/** The places in a dev folder. */
export function devFolderAt(path: string): DevFolder {
  const keysFolder = join(path, "keys");
  const configFolder = join(path, "config");
  const logFolder = join(path, "log");
  return {
    path,
    clusterFile: join(path, "cluster.json"),
    devFile: join(path, "dev.json"),
    runningFile: join(path, "running.json"),
    supervisorLog: join(path, "supervisor.log"),
    keysFolder,
    configFolder,
    logFolder,
    issuerKeyFile: join(keysFolder, "issuer.jwk.json"),
    issuerKeySetFile: join(keysFolder, "issuer.jwks.json"),
    keyFile: (id) => join(keysFolder, `${id}.key`),
    passphraseFile: (id) => join(keysFolder, `${id}.passphrase`),
    configFile: (id) => join(configFolder, `${id}.json`),
    dataFolder: (id) => join(path, "data", id),
    log: (id) => join(logFolder, `${id}.log`),
  };
}
