import { type ByteReader, ByteWriter, DecodeError } from "@quorate/prelude";
import { batchMessagesMax } from "./limits.ts";
import type { EnqueueResult } from "./outcome.ts";
import { type Refusal, readRefusal, writeRefusal } from "./refusal.ts";

const accepted = 1;
const duplicate = 2;
const refused = 3;

/**
 * Writes the results of an enqueue as runs: neighbours whose index and seq grow by one together are
 * one entry. A batch that was accepted whole is 33 bytes, however long, and so is what an
 * Idempotency-Key has to remember of it.
 */
export class EnqueueRunWriter {
  private readonly writer = new ByteWriter(64);
  private status = 0;
  private count = 0;
  private op = 0;
  private index = 0;
  private seq = 0;
  private atMs = 0;

  accepted(op: number, index: number, seq: number, atMs: number): void {
    this.add(accepted, op, index, seq, atMs);
  }

  duplicate(op: number, index: number, seq: number, atMs: number): void {
    this.add(duplicate, op, index, seq, atMs);
  }

  refused(refusal: Refusal): void {
    this.flush();
    this.writer.u8(refused);
    writeRefusal(this.writer, refusal);
  }

  finish(): Uint8Array {
    this.flush();
    return this.writer.finish();
  }

  private add(status: number, op: number, index: number, seq: number, atMs: number): void {
    const continues =
      status === this.status &&
      op === this.op &&
      index === this.index + this.count &&
      seq === this.seq + this.count &&
      atMs === this.atMs;
    if (!continues) {
      this.flush();
      this.status = status;
      this.op = op;
      this.index = index;
      this.seq = seq;
      this.atMs = atMs;
    }
    this.count += 1;
  }

  private flush(): void {
    if (this.count > 0) {
      this.writer.u8(this.status).u32(this.count).u64(this.op).u32(this.index);
      this.writer.u64(this.seq).u64(this.atMs);
    }
    this.status = 0;
    this.count = 0;
  }
}

/** The runs of these results. */
export function encodeEnqueueRuns(results: readonly EnqueueResult[]): Uint8Array {
  const runs = new EnqueueRunWriter();
  for (const result of results) {
    if (result.status === "refused") {
      runs.refused(result.refusal);
    } else {
      const { message, seq, enqueuedAtMs } = result;
      runs[result.status](message.op, message.index, seq, enqueuedAtMs);
    }
  }
  return runs.finish();
}

/** The results in these runs. Throws DecodeError. */
export function decodeEnqueueRuns(reader: ByteReader): readonly EnqueueResult[] {
  const results: EnqueueResult[] = [];
  while (reader.remaining > 0) {
    const status = reader.u8();
    if (status === refused) {
      results.push({ status: "refused", refusal: readRefusal(reader) });
      continue;
    }
    if (status !== accepted && status !== duplicate) throw new DecodeError("unknown result");
    readRun(reader, status === accepted ? "accepted" : "duplicate", results);
  }
  if (results.length > batchMessagesMax) throw new DecodeError("more results than messages");
  return results;
}

function readRun(
  reader: ByteReader,
  status: "accepted" | "duplicate",
  results: EnqueueResult[],
): void {
  const count = reader.count(batchMessagesMax);
  const op = reader.u64();
  const index = reader.u32();
  const seq = reader.u64();
  const enqueuedAtMs = reader.u64();
  for (let step = 0; step < count; step++) {
    results.push({ status, message: { op, index: index + step }, seq: seq + step, enqueuedAtMs });
  }
}
