/** Everything that can happen to a replica. */
import type { Admitted, Entry, NoteOf, Op } from "@quorate/protocol";

/** The other end of a link, by index in the configuration. */
export type Peer =
  | { readonly kind: "replica"; readonly index: number }
  | { readonly kind: "gateway"; readonly index: number };

export type Input =
  /** Time went on by one tick. */
  | { readonly kind: "tick" }
  /** A verified statement; its signer is the peer of the link it came over. */
  | { readonly kind: "statement"; readonly from: Peer; readonly admitted: Admitted }
  /** A gateway asks for a read. */
  | { readonly kind: "read"; readonly from: Peer; readonly request: NoteOf<"readRequest"> }
  | { readonly kind: "link-down"; readonly peer: Peer }
  | { readonly kind: "link-up"; readonly peer: Peer }
  /** The journal has everything through `op` that was appended in this generation of the log. */
  | { readonly kind: "appended"; readonly generation: number; readonly op: Op }
  /** Bodies that were fetched beside the log are on disk. */
  | { readonly kind: "repaired"; readonly entries: readonly Entry[] }
  | { readonly kind: "superblock-stored"; readonly write: number }
  | { readonly kind: "blocks-stored"; readonly token: number }
  /** What the block store could read, in the order asked for. */
  | {
      readonly kind: "blocks-read";
      readonly token: number;
      readonly blocks: readonly (Uint8Array | null)[];
    }
  /** What the journal could read, in the order of the positions asked for. */
  | {
      readonly kind: "entries-read";
      readonly token: number;
      readonly entries: readonly (Entry | null)[];
    };
