/** Several packets in one frame: each after its length, u32 little-endian. */
import { coalesceBytesMax } from "./limits.ts";

const lengthBytes = 4;

/** Bytes that a packet takes in a batch. */
export function batchedBytes(packet: Uint8Array): number {
  return lengthBytes + packet.length;
}

export function encodeBatch(packets: readonly Uint8Array[]): Uint8Array {
  const bytes = packets.reduce((sum, packet) => sum + batchedBytes(packet), 0);
  const batch = Buffer.allocUnsafe(bytes);
  let offset = 0;
  for (const packet of packets) {
    offset = batch.writeUInt32LE(packet.length, offset);
    batch.set(packet, offset);
    offset += packet.length;
  }
  return batch;
}

/**
 * The packets, as views on the batch; null when it is not whole, or larger than anybody makes it: a
 * frame full of empty packets would be a thousand times its size in memory.
 */
export function decodeBatch(batch: Uint8Array): readonly Uint8Array[] | null {
  if (batch.length > coalesceBytesMax) return null;
  const view = new DataView(batch.buffer, batch.byteOffset, batch.length);
  const packets: Uint8Array[] = [];
  let offset = 0;
  while (offset < batch.length) {
    if (batch.length - offset < lengthBytes) return null;
    const start = offset + lengthBytes;
    offset = start + view.getUint32(offset, true);
    if (offset > batch.length) return null;
    packets.push(batch.subarray(start, offset));
  }
  return packets;
}
