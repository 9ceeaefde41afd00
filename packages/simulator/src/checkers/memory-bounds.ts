/** Every queue and table of the core stays within its named limit. */
import { checkpointsMax, pipelineMaxLimit, sessionsMax } from "@quorate/protocol";
import type { Replica } from "@quorate/vsr";
import { Violation } from "./violation.ts";

/** Reads and writes of the disk that may be under way at once. */
const readsUnderWayMax = 17;
const superblockWritesMax = 64;
const blockWritesMax = 64;

/** Throws Violation, naming what has outgrown its limit. */
export function assertBounded(replica: Replica): void {
  const { identity, acting } = replica;
  const { options, admission } = identity;
  const members = admission.config.members.length;
  limit("reads", replica.reads.length, options.readsWaitingMax);
  limit("votes", replica.votes.size, members);
  limit("doViewChanges", replica.collected.size, members);
  limit("answers", replica.answeredAt.size, members);
  limit("disk reads", replica.reading.size, readsUnderWayMax);
  limit("superblock writes", replica.writing.length, superblockWritesMax);
  limit("checkpoints", replica.checkpoints.length, checkpointsMax);
  limit("block writes", replica.storing.size, blockWritesMax);
  for (const heard of replica.heardCheckpoints.values()) {
    limit("heard checkpoints", heard.length, checkpointsMax);
  }
  limit("sessions", replica.clientTable.size, sessionsMax);
  if (acting === null) return;
  limit("requests", acting.waiting.length, options.requestsWaitingMax);
  limit("request bytes", acting.bytesWaiting, options.requestBytesWaitingMax);
  limit("acknowledged ops", acting.acknowledgements.size, pipelineMaxLimit);
  limit("clock rejects", acting.clockRejects.size, members);
}

function limit(what: string, count: number, max: number): void {
  if (count > max) throw new Violation("memory", `${count} ${what}, more than ${max}`);
}
