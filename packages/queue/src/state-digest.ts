import { ByteWriter, type Sha256, utf8Encode } from "@quorate/prelude";
import { encodeQuestion } from "./question.ts";
import { writeQueueConfig } from "./queue-config.ts";
import type { QueueState } from "./state.ts";

const domain = utf8Encode("quorate/1/queue-state\0");

/**
 * One digest of everything that the state machine remembers: the pages, the slabs, and the few
 * numbers that lie in neither. Equal logs give equal digests. Indexes that are derived from the
 * pages are no part of it.
 */
export function digestState(state: QueueState, sha256: Sha256): Uint8Array {
  const slabs = state.slabs.summary(sha256);
  const parts: Uint8Array[] = [domain, doubles(state.summary()), doubles(slabs.numbers)];
  for (const queue of state.queues()) {
    const config = new ByteWriter();
    writeQueueConfig(config, queue.config);
    const name = encodeQuestion({ type: "get-queue", queue: queue.name });
    parts.push(name, config.finish(), doubles(queue.summary()));
  }
  parts.push(...state.pages.digestPages(sha256), ...slabs.digests);
  const lengths = doubles(parts.map((part) => part.length));
  return sha256(lengths, ...parts);
}

function doubles(numbers: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(8 * numbers.length));
  numbers.forEach((number, index) => view.setFloat64(8 * index, number, true));
  return new Uint8Array(view.buffer);
}
