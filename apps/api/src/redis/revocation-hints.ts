/**
 * Revocations, known sooner: a gateway that has taken one says "look again", and the others ask the
 * cluster at once. What is said has no content, so a liar can only make them ask.
 */
import { hintedAskMsMin } from "../limits.ts";
import type { RevocationList } from "../trust/revocation-list.ts";
import type { RedisLink } from "./redis-link.ts";

/** Lets the list hear, and be heard, by other gateways of the cluster. */
export function shareRevocationHints(
  link: RedisLink,
  { clusterId, revocations }: { readonly clusterId: string; readonly revocations: RevocationList },
): void {
  const channel = `quorate:${clusterId}:revocations`;
  let askedAtMs = -Infinity;
  let timer: NodeJS.Timeout | null = null;
  const ask = (): void => {
    timer = null;
    askedAtMs = performance.now();
    void revocations.refresh();
  };
  link.subscribe(channel, () => {
    // However many hints there are, the cluster is not asked more often than this.
    timer ??= setTimeout(ask, Math.max(0, askedAtMs + hintedAskMsMin - performance.now())).unref();
  });
  revocations.onLearned(() => {
    link.publish(channel, "look again");
  });
}
