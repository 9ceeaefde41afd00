/**
 * Operations of a lying gateway: good ones on a queue of its own, and bytes that are none. Each is
 * made once, so that whoever sees it executed knows where it was asked for.
 */
import { nodeCrypto } from "@quorate/identity";
import { bytesConcat, type Prng, utf8Encode } from "@quorate/prelude";
import { type AdminOperation, encodeOperation, type Operation } from "@quorate/queue";
import { askedOperation } from "../histories/asked-operation.ts";
import { orderMessage } from "../workload/order-messages.ts";

/** The only queue that it touches: to take what others enqueue is no lie, but the contract. */
export const stolenQueue = "stolen";

const hashBytes = 16;
/** No operation has this tag. */
const unknownTag = 0xee;
const leaseMs = 1_000;

export class StolenOperations {
  private made = 0;

  /** One that every replica can decode. */
  good(prng: Prng): Uint8Array {
    return encodeOperation(this.drawn(prng));
  }

  /** One that nobody can decode: unknown, cut, too long, with huge counts and lengths, or empty. */
  odd(prng: Prng): Uint8Array {
    const good = this.good(prng);
    const at = prng.below(good.length);
    const changed = prng.pick([
      () => good.subarray(0, at),
      () => bytesConcat(good, prng.bytes(prng.between(1, 9))),
      () => overwritten(good, at, new Uint8Array(prng.pick([1, 2, 4, 8])).fill(0xff)),
      () => overwritten(good, at, prng.bytes(3)),
      () => new Uint8Array(0),
    ])();
    return askedOperation(changed) === null
      ? changed
      : bytesConcat(Uint8Array.of(unknownTag), good);
  }

  /** An odd one of exactly so many bytes, 64 at least. */
  oddOf(bytes: number): Uint8Array {
    const operation = new Uint8Array(bytes);
    operation.set(Uint8Array.of(unknownTag));
    operation.set(this.nextHash(), 1);
    return operation;
  }

  private drawn(prng: Prng): Operation {
    const hash = this.nextHash();
    const text = `stolen ${this.made}`;
    const queue = stolenQueue;
    switch (prng.below(5)) {
      case 0:
      case 1: {
        const messages = [orderMessage(text)];
        return { type: "enqueue", queue, form: "batch", idempotency: null, messages };
      }
      case 2:
        return {
          type: "dequeue",
          queue,
          principal: text,
          worker: null,
          dequeueHash: null,
          from: "ready",
          max: prng.between(1, 3),
          maxPerGroup: null,
          mode: prng.pick(["lease", "delete"] as const),
          leaseMs,
        };
      case 3:
        return { type: "extend-dequeue", queue, dequeueHash: hash, leaseMs };
      default: {
        const key = { hash, fingerprint: hash };
        return { type: "once", key, operation: administering(prng) };
      }
    }
  }

  private nextHash(): Uint8Array {
    this.made += 1;
    return nodeCrypto.sha256(utf8Encode(`stolen ${this.made}`)).slice(0, hashBytes);
  }
}

function administering(prng: Prng): AdminOperation {
  const queue = stolenQueue;
  switch (prng.below(6)) {
    case 0:
      return { type: "purge", queue, states: ["ready", "dead"] };
    case 1:
      return { type: "delete-queue", queue, force: prng.chance(0.5) };
    case 2: {
      const pause = prng.chance(0.5) ? { by: stolenQueue, reason: null } : null;
      return { type: "pause-queue", queue, what: "send", pause };
    }
    default:
      return { type: "put-queue", queue, config: {}, precondition: { kind: "none" } };
  }
}

function overwritten(bytes: Uint8Array, at: number, by: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  copy.set(by.subarray(0, copy.length - at), at);
  return copy;
}
