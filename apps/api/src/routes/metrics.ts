/** What is measured, for whoever scrapes; the queues only for those who may know of them. */
import { mayAct, metrics } from "@quorate/contract";
import type { QueueView } from "@quorate/queue";
import { mount, type Mounting } from "../http/mount.ts";
import type { Call } from "../http/call.ts";
import type { QueueDepths } from "../metrics/queue-depths.ts";
import { type QueueMetricsReaders, queueMetricsText } from "../metrics/queue-metrics.ts";
import { authenticate, type Authority } from "../trust/authenticate.ts";

/** What there is to be measured. */
export interface Measured {
  /** The process's own metrics in the Prometheus text format. */
  readonly processText: () => Promise<string>;
  readonly queueDepths: QueueDepths;
  readonly queuesFor: QueueMetricsReaders;
  /** Ms since 1970. */
  readonly nowMs: () => number;
}

/** Serves `/metrics`. */
export function mountMetrics(mounting: Mounting, measured: Measured): void {
  const { authority } = mounting;
  mount(mounting, metrics, async ({ request }) => {
    const mayKnow = await readerOf(request, authority, measured.queuesFor);
    const all = mayKnow === null ? null : await measured.queueDepths();
    const nowMs = measured.nowMs();
    const queues =
      all === null || mayKnow === null
        ? ""
        : queueMetricsText(all.views.filter(mayKnow), { isWhole: all.isWhole, nowMs });
    return {
      status: 200,
      body: `${await measured.processText()}${queues}`,
      contentType: "text/plain; version=0.0.4; charset=utf-8",
    };
  });
}

/** Whether the caller may know of a queue; null when of none. Rejects with `token-invalid`. */
async function readerOf(
  request: Call["request"],
  authority: Authority,
  queuesFor: QueueMetricsReaders,
): Promise<((view: QueueView) => boolean) | null> {
  if (queuesFor === "everyone") return () => true;
  if (request.headers.authorization === undefined) return null;
  const { scopes } = await authenticate(request, authority);
  // The process is measured also while nobody knows whose tokens are revoked.
  if (!authority.revocations.isKnown("read")) return null;
  return ({ name }) => mayAct(scopes, "read", name);
}
