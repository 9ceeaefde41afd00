/** What is on its way to a simulated disk. */
import { copiesPerFile } from "@quorate/log-format";

/** Bytes on their way to the disk. They stay as they are until the flush. */
export type DiskWrite =
  | {
      readonly file: "segment";
      readonly segment: number;
      readonly offset: number;
      readonly bytes: Uint8Array;
    }
  | { readonly file: "superblock"; readonly copy: number; readonly bytes: Uint8Array }
  /** From the slot's start. The bytes are the disk's from then on. */
  | { readonly file: "blocks"; readonly slot: number; readonly bytes: Uint8Array };

/** The writes that replace one superblock file. */
export function superblockWrites(file: number, bytes: Uint8Array): DiskWrite[] {
  return Array.from({ length: copiesPerFile }, (_, copy) => ({
    file: "superblock" as const,
    copy: file * copiesPerFile + copy,
    bytes,
  }));
}
