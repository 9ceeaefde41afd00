/**
 * What clients were told, against each other: no acknowledged message is lost, none is stored
 * twice, no lease is given twice at once, fences only grow.
 */
import { Violation } from "../checkers/violation.ts";

interface Sent {
  readonly dedupId: string;
  messageId: string | null;
  /** Times that a worker was told that its ack counted. */
  acks: number;
  /** An ack was answered only after settlements of its time were forgotten. */
  isForgotten: boolean;
}

export class Deliveries {
  private readonly sent = new Map<string, Sent>();
  private readonly byMessageId = new Map<string, string>();
  private readonly fenceOwners = new Map<number, string>();
  acknowledged = 0;
  acked = 0;

  onSent(dedupId: string): void {
    if (this.sent.has(dedupId)) return;
    this.sent.set(dedupId, { dedupId, messageId: null, acks: 0, isForgotten: false });
  }

  /** An enqueue was answered, accepted or as a duplicate. */
  onEnqueued(dedupId: string, messageId: string): void {
    const sent = this.sent.get(dedupId);
    if (sent === undefined) throw new Violation("deliveries", `${dedupId} was never sent`);
    if (sent.messageId === null) this.acknowledged += 1;
    else if (sent.messageId !== messageId) {
      throw new Violation("dedup", `${dedupId} is ${sent.messageId} and ${messageId}`);
    }
    sent.messageId = messageId;
    const owner = this.byMessageId.get(messageId);
    if (owner !== undefined && owner !== dedupId) {
      throw new Violation("deliveries", `${messageId} stands for ${owner} and ${dedupId}`);
    }
    this.byMessageId.set(messageId, dedupId);
  }

  /** A message was handed out under a fence: a fence belongs to one message for ever. */
  onDelivered(dedupId: string, messageId: string, fence: number): void {
    const sent = this.sent.get(dedupId);
    if (sent === undefined) throw new Violation("deliveries", `${dedupId} was never sent`);
    const owner = this.fenceOwners.get(fence);
    if (owner !== undefined && owner !== messageId) {
      throw new Violation("leases", `fence ${fence} is of ${owner} and ${messageId}`);
    }
    this.fenceOwners.set(fence, messageId);
    const known = sent.messageId;
    if (known !== null && known !== messageId) {
      throw new Violation("dedup", `${dedupId} is stored as ${known} and ${messageId}`);
    }
    sent.messageId = messageId;
  }

  /** A worker's ack counted for the first time: that may happen once to a message. */
  onAcked(dedupId: string, fence: number): void {
    const sent = this.sent.get(dedupId);
    if (sent === undefined) throw new Violation("deliveries", `${dedupId} was never sent`);
    sent.acks += 1;
    this.acked += 1;
    if (sent.acks > 1) {
      throw new Violation("exactly-once", `${dedupId} was settled twice, last by fence ${fence}`);
    }
  }

  /** A worker's ack may have counted, so long ago that nobody can tell any more. */
  onAckForgotten(dedupId: string): void {
    const sent = this.sent.get(dedupId);
    if (sent !== undefined) sent.isForgotten = true;
  }

  /** After the queue was drained: what was acknowledged has been settled. */
  assertComplete(): void {
    for (const { dedupId, messageId, acks, isForgotten } of this.sent.values()) {
      if (messageId !== null && acks === 0 && !isForgotten) {
        throw new Violation("loss", `${dedupId} (${messageId}) was acknowledged and is gone`);
      }
    }
  }
}
