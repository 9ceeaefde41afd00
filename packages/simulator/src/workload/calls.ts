/** How clients of the simulation ask the cluster: through any gateway, again and again. */
import type { Prng } from "@quorate/prelude";
import {
  type Answer,
  decodeAnswer,
  decodeOutcome,
  encodeOperation,
  encodeQuestion,
  type Operation,
  type Outcome,
  type Question,
} from "@quorate/queue";
import { type ClusterClient, ClusterError } from "@quorate/session";
import type { World } from "../world/world.ts";

export interface CallsParts {
  readonly world: World;
  /** The gateways: each call is drawn one. */
  readonly clients: readonly ClusterClient[];
  /** How long a call waits for its answer, in milliseconds. */
  readonly timeoutMs: number;
  /** Clients rest this many times longer than in a pressed run. */
  readonly restScale: number;
}

/** The calls of some clients, counted. */
export class Calls {
  /** Operations that were answered. */
  answered = 0;
  /** Whoever only finishes does not dawdle. */
  isFinishing = false;
  private readonly parts: CallsParts;

  constructor(parts: CallsParts) {
    this.parts = parts;
  }

  /** Asks until somebody answers, now and then another gateway: for what may be done twice. */
  async execute(prng: Prng, operation: Operation): Promise<Outcome> {
    for (;;) {
      const outcome = await this.tryOnce(prng, operation);
      if (outcome !== null) return outcome;
      await this.rest(prng.between(10, 100));
    }
  }

  /** Null when there was no answer. */
  async tryOnce(prng: Prng, operation: Operation): Promise<Outcome | null> {
    const { clients, timeoutMs } = this.parts;
    const client = prng.pick(clients);
    try {
      const { bytes } = await client.execute(encodeOperation(operation), { timeoutMs });
      this.answered += 1;
      return decodeOutcome(bytes);
    } catch (error) {
      if (error instanceof ClusterError) return null;
      throw error;
    }
  }

  /** A linearizable read; null when there was no answer. */
  async read(prng: Prng, question: Question): Promise<Answer | null> {
    const { clients, timeoutMs } = this.parts;
    const options = { timeoutMs, consistency: "linearizable" } as const;
    try {
      const client = prng.pick(clients);
      return decodeAnswer((await client.query(encodeQuestion(question), options)).bytes);
    } catch (error) {
      if (error instanceof ClusterError) return null;
      throw error;
    }
  }

  /** Longer where the run is lived. */
  rest(ms: number): Promise<void> {
    return this.pause(this.isFinishing ? ms : ms * this.parts.restScale);
  }

  /** As long as it says, in any run. */
  pause(ms: number): Promise<void> {
    return this.parts.world.sleep(ms);
  }
}
