/** A gateway that lives for some calls: its own links and sessions, and an end that may be sudden. */
import { readFile } from "node:fs/promises";
import { systemClock } from "@quorate/clock";
import { nodeCrypto, readKeyFile } from "@quorate/identity";
import type { Signer } from "@quorate/ports";
import { type ClusterConfig, digestClusterConfig, parseClusterFile } from "@quorate/protocol";
import { decodeOutcome } from "@quorate/queue";
import type { DevFolder } from "@quorate/scripts/src/dev-folder.ts";
import { type ClusterClient, ClusterError, createClusterClient } from "@quorate/session";
import { createTransport } from "@quorate/transport";
import { effectOf, type SharedCall } from "./calls.ts";
import type { Effects } from "./effects.ts";

/** A call of a life is given up after this; another life repeats it. */
const callMsMax = 10_000;

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const unmeasured = { count() {}, gauge() {}, observe() {} };

/** A key under which one gateway after the other lives. */
export interface Desk {
  readonly config: ClusterConfig;
  readonly index: number;
  readonly signer: Signer;
}

/** Opens the key of the cluster's gateway with this index. */
export async function openDesk(folder: DevFolder, index: number): Promise<Desk> {
  const config = parseClusterFile(await readFile(folder.clusterFile, "utf8"));
  const id = config.gateways[index]?.id;
  if (id === undefined) throw new RangeError(`the cluster has no gateway ${index}`);
  const passphrase = await readFile(folder.passphraseFile(id), "utf8");
  const use = { purpose: "gateway", clusterId: config.clusterId, passphrase } as const;
  return { config, index, signer: await readKeyFile(folder.keyFile(id), use) };
}

/**
 * Makes the calls, all at once, and ends: when all are answered, or (`answersMax`) after so many
 * answers, with the others under way.
 */
export async function liveFor(
  desk: Desk,
  calls: readonly SharedCall[],
  { effects, answersMax }: { readonly effects: Effects; readonly answersMax: number },
): Promise<void> {
  const client = clientOf(desk);
  await client.start();
  let answers = 0;
  await new Promise<void>((resolve, reject) => {
    const enough = (): void => {
      answers += 1;
      if (answers >= answersMax) resolve();
    };
    const all = calls.map((call) => make(client, call, effects).then(enough));
    Promise.all(all).then(() => resolve(), reject);
  });
  await client.stop();
}

/** Makes one call. A call without an answer is repeated by another life. */
async function make(client: ClusterClient, call: SharedCall, effects: Effects): Promise<void> {
  try {
    const { bytes } = await client.execute(call.operation, { timeoutMs: callMsMax });
    const effect = effectOf(decodeOutcome(bytes));
    if (effect !== null) effects.add(call, effect);
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
  }
}

function clientOf({ config, index, signer }: Desk): ClusterClient {
  return createClusterClient({
    config,
    gatewayIndex: index,
    signer,
    crypto: nodeCrypto,
    clock: systemClock,
    log: silent,
    connect: (events) =>
      createTransport({
        self: { kind: "gateway", index },
        signer,
        crypto: nodeCrypto,
        config,
        configDigest: digestClusterConfig(config, nodeCrypto.sha256),
        boot: Date.now(),
        incarnation: 0,
        listen: null,
        certificates: null,
        clock: systemClock,
        events,
        metrics: unmeasured,
        log: silent,
      }),
  });
}
