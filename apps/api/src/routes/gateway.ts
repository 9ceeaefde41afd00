/** What the routes need to do their work. */
import { ApiError } from "@quorate/contract";
import type { Sha256 } from "@quorate/prelude";
import { ask, type Host } from "@quorate/rest";
import type { ClusterClient } from "@quorate/session";
import { hold } from "../cluster/cluster-call.ts";
import { nodeText } from "../http/node-text.ts";
import { createRates, type Rates } from "../load/rates.ts";
import { ofLine } from "./waiting-line.ts";
import { createWaitingRoom, type WaitingRoom } from "./waiting.ts";

/** The gateway behind the routes. */
export interface Gateway {
  readonly client: ClusterClient;
  readonly host: Host;
  readonly rates: Rates;
  readonly waiting: WaitingRoom;
  /** Ms since 1970. */
  readonly nowMs: () => number;
}

/** A gateway to the cluster that this client reaches. */
export function createGateway(
  client: ClusterClient,
  { sha256, nowMs }: { readonly sha256: Sha256; readonly nowMs: () => number },
): Gateway {
  const waiting = createWaitingRoom({
    hasMessages: async (line) => {
      const wanted = { ...ofLine(line), mode: "lease", dequeueHash: null } as const;
      const question = { type: "deliverable", ...wanted } as const;
      const { answer } = await hold(client, ask(question, { expects: "deliverable" }));
      if (answer.finds === "queue-not-found") throw new ApiError("queue-not-found");
      // At the in-flight limit a pop still finds messages; a lease then learns of the limit.
      return answer.finds === "messages" || answer.finds === "in-flight-limit";
    },
    isFinal: (error) => error instanceof ApiError && error.code === "queue-not-found",
    watch: (line, onReady) => client.watch(ofLine(line).queue, onReady),
  });
  const rates = createRates(nowMs);
  const seenOf = (queue: string) => rates.of(queue);
  const host = { sha256, text: nodeText, nowMs, seenOf };
  return { client, host, rates, waiting, nowMs };
}
