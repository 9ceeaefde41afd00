/** What the gateways of a cluster share to be quicker or fairer; without Redis each is alone. */
import { memoryCounter, sharedCounter } from "../load/rate-counter.ts";
import type { CounterMaker } from "../load/rate-limits.ts";
import type { RevocationList } from "../trust/revocation-list.ts";
import { liveAdapter } from "./live-adapter.ts";
import type { RedisLink } from "./redis-link.ts";
import { shareRevocationHints } from "./revocation-hints.ts";

/** Makes the adapter of a namespace. */
export type AdapterMaker = ReturnType<typeof liveAdapter>;

/** See above. */
export interface Sharing extends CounterMaker {
  /** Lets the list hear, and be heard, at once. */
  shareRevocations(revocations: RevocationList): void;
  /** Makes the adapter of the live feed's namespace of changes; null: that of one gateway. */
  readonly adapterOfChanges: AdapterMaker | null;
  start(): void;
  stop(): void;
}

/** The sharing of the gateways of this cluster, or of this one alone. */
export function createSharing(
  link: RedisLink | null,
  { clusterId, gateways }: { readonly clusterId: string; readonly gateways: number },
): Sharing {
  if (link === null) {
    return {
      counterOf: (_name, limit) => memoryCounter(limit),
      shareRevocations() {},
      adapterOfChanges: null,
      start() {},
      stop() {},
    };
  }
  return {
    counterOf: (name, limit) =>
      sharedCounter(limit, { link, keyPrefix: `quorate:${clusterId}:rate:${name}`, gateways }),
    shareRevocations: (revocations) => {
      shareRevocationHints(link, { clusterId, revocations });
    },
    adapterOfChanges: liveAdapter(link, clusterId),
    start: () => {
      link.start();
    },
    stop: () => {
      link.stop();
    },
  };
}
