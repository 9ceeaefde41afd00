/**
 * One direction of a link: frames sealed with AES-256-GCM, in order and each once.
 *
 * ```
 * kind 1 | generation 4 | sequence 8    -> the header: additional data of the seal
 * | ciphertext | tag 16
 * ```
 *
 * Nonce = 32 zero bits and the sequence. It never repeats under a key, because every hello gives
 * new keys and a new generation counts from zero again.
 */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from "node:crypto";
import type { LinkRejectReason } from "./link-rejects.ts";

const cipherName = "aes-256-gcm";
const headerBytes = 13;
const tagBytes = 16;
const nonceBytes = 12;
const generationOffset = 1;
const sequenceOffset = 5;

/** What a frame has beside its content. */
export const frameOverheadBytes = headerBytes + tagBytes;

/** One packet; several packets, each after its length, or none; a message of a hello. */
export type FrameKind = "packet" | "packets" | "hello";
const kinds: readonly FrameKind[] = ["packet", "packets", "hello"];

/** What a key has been used for. */
export interface KeyUse {
  readonly frames: number;
  readonly bytes: number;
}

export class FrameSealer implements KeyUse {
  readonly generation: number;
  private readonly key: KeyObject;
  private readonly nonce = Buffer.alloc(nonceBytes);
  private readonly header = Buffer.alloc(headerBytes);
  private sequence = 0;
  private sealedBytes = 0;

  constructor(key: Uint8Array, generation: number) {
    this.key = createSecretKey(key);
    this.generation = generation;
    this.header.writeUInt32LE(generation, generationOffset);
  }

  get frames(): number {
    return this.sequence;
  }

  get bytes(): number {
    return this.sealedBytes;
  }

  seal(kind: FrameKind, content: Uint8Array): Uint8Array {
    this.header.writeUInt8(kinds.indexOf(kind), 0);
    writeSequence(this.header, sequenceOffset, this.sequence);
    writeSequence(this.nonce, nonceBytes - 8, this.sequence);
    this.sequence += 1;
    this.sealedBytes += content.length;
    const cipher = createCipheriv(cipherName, this.key, this.nonce).setAAD(this.header);
    const ciphertext = cipher.update(content);
    cipher.final();
    return Buffer.concat([this.header, ciphertext, cipher.getAuthTag()]);
  }
}

export type OpenedFrame =
  | { readonly ok: true; readonly kind: FrameKind; readonly content: Uint8Array }
  | { readonly ok: false; readonly reason: LinkRejectReason };

export class FrameOpener implements KeyUse {
  readonly generation: number;
  private readonly key: KeyObject;
  private readonly nonce = Buffer.alloc(nonceBytes);
  private sequence = 0;
  private openedBytes = 0;

  constructor(key: Uint8Array, generation: number) {
    this.key = createSecretKey(key);
    this.generation = generation;
  }

  get frames(): number {
    return this.sequence;
  }

  get bytes(): number {
    return this.openedBytes;
  }

  /** Opens the next frame. After a refusal nothing that follows can be trusted. */
  open(bytes: Uint8Array): OpenedFrame {
    const frame = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    if (frame.length < frameOverheadBytes) return { ok: false, reason: "frame-malformed" };
    const kind = kinds[frame.readUInt8(0)];
    if (kind === undefined) return { ok: false, reason: "frame-malformed" };
    writeSequence(this.nonce, nonceBytes - 8, this.sequence);
    const isNext =
      frame.readUInt32LE(generationOffset) === this.generation &&
      frame.compare(this.nonce, nonceBytes - 8, nonceBytes, sequenceOffset, headerBytes) === 0;
    if (!isNext) return { ok: false, reason: "sequence" };
    const content = this.decrypt(frame);
    if (content === null) return { ok: false, reason: "seal" };
    this.sequence += 1;
    this.openedBytes += content.length;
    return { ok: true, kind, content };
  }

  private decrypt(frame: Buffer): Uint8Array | null {
    const tagOffset = frame.length - tagBytes;
    const decipher = createDecipheriv(cipherName, this.key, this.nonce, { authTagLength: tagBytes })
      .setAAD(frame.subarray(0, headerBytes))
      .setAuthTag(frame.subarray(tagOffset));
    const content = decipher.update(frame.subarray(headerBytes, tagOffset));
    try {
      decipher.final();
    } catch {
      // The only way in which node:crypto says that the tag does not fit.
      return null;
    }
    return new Uint8Array(content.buffer, content.byteOffset, content.length);
  }
}

/** Generation that a frame claims, or null when it has no header. */
export function generationOf(frame: Uint8Array): number | null {
  if (frame.length < frameOverheadBytes) return null;
  return new DataView(frame.buffer, frame.byteOffset).getUint32(generationOffset, true);
}

function writeSequence(target: Buffer, offset: number, sequence: number): void {
  target.writeUInt32LE(sequence % 2 ** 32, offset);
  target.writeUInt32LE(Math.floor(sequence / 2 ** 32), offset + 4);
}
