/** Whether a quorum confirmed a read in the last two seconds. */
import { ask } from "@quorate/rest";
import type { ClusterClient } from "@quorate/session";
import { hold } from "./cluster-call.ts";
import { readyMsMax } from "../limits.ts";
import type { RevocationList } from "../trust/revocation-list.ts";

/** Answers null when ready, else why not. */
export type Readiness = () => Promise<string | null>;

/** Asks the cluster when the last confirmation is too old; calls at one time share one question. */
export function createReadiness(
  client: ClusterClient,
  { revocations, nowMs }: { readonly revocations: RevocationList; readonly nowMs: () => number },
): Readiness {
  let confirmedAtMs = -Infinity;
  let asking: Promise<string | null> | null = null;
  const confirm = async (): Promise<string | null> => {
    try {
      const question = { type: "list-queues", prefix: "", after: "", limit: 1 } as const;
      const asked = ask(question, { expects: "queues" });
      await hold(client, asked, { timeoutMs: readyMsMax });
      // Who is not ready to tell whose tokens are revoked would send callers away.
      revocations.assertKnown("cluster:admin");
      confirmedAtMs = nowMs();
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : "unknown";
    } finally {
      asking = null;
    }
  };
  return () => {
    // Half of the time, so that what is answered is never older than the limit.
    if (nowMs() - confirmedAtMs < readyMsMax / 2) return Promise.resolve(null);
    asking ??= confirm();
    return asking;
  };
}
