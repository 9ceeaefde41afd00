/** What the SDK is tried on: a cluster, its clients, and time in the test's hand. */
import { everyScope, startTestGateway } from "@quorate/api/testing";
import { Quorate, type QuorateOptions } from "@quorate/sdk";
import { ManualTimers } from "@quorate/sdk/testing";

/** A cluster with clients. */
export interface Stage {
  /** A client of the cluster. */
  readonly client: (options?: Partial<QuorateOptions>) => Quorate;
  /** Moves the cluster's time and the clients' timers on. */
  readonly advance: (ms: number) => void;
  readonly stop: () => Promise<void>;
}

/** The kinds of cluster that a client may talk to. */
export const stages = [{ name: "a gateway", start: startGatewayStage }] as const;

/** A gateway as it is served, over one state machine. */
async function startGatewayStage(): Promise<Stage> {
  const gateway = await startTestGateway();
  const token = await gateway.issuer.token(everyScope);
  const timers = new ManualTimers();
  return {
    client: (options) => new Quorate({ url: gateway.url, token, timers, ...options }),
    advance(ms) {
      gateway.cluster.advance(ms);
      timers.advance(ms);
    },
    async stop() {
      await gateway.stop();
      if (gateway.logged.length > 0) throw new Error("the gateway has logged an error");
    },
  };
}
