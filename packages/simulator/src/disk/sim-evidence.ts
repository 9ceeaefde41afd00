import { evidenceRecordsMax, type EvidenceStore, evidenceStoreBytesMax } from "@quorate/ports";

/** What is kept of one record beside its bytes, as a file would need it. */
const overheadBytes = 16;

/** The evidence on one disk: it outlives the member's processes, and no fault but its loss reaches it. */
export class SimEvidence {
  private readonly kept = new Map<string, Uint8Array>();
  private bytes = 0;
  private readonly onKept: (name: string, record: Uint8Array) => void;

  /** `onKept` is called for every record, when it is kept. */
  constructor(onKept: (name: string, record: Uint8Array) => void) {
    this.onKept = onKept;
  }

  /** The store of one life of the member. */
  createStore(): EvidenceStore {
    return {
      open: () => Promise.resolve([...this.kept.keys()]),
      keep: (name, record, onKept) => {
        if (!this.add(name, record)) return;
        onKept();
        this.onKept(name, record);
      },
      read: (name) => Promise.resolve(this.kept.get(name) ?? null),
      close: () => Promise.resolve(),
    };
  }

  /** The disk is gone. */
  lose(): void {
    this.kept.clear();
    this.bytes = 0;
  }

  private add(name: string, record: Uint8Array): boolean {
    const bytes = this.bytes + record.length + name.length + overheadBytes;
    const isFull = this.kept.size >= evidenceRecordsMax || bytes > evidenceStoreBytesMax;
    if (isFull || this.kept.has(name)) return false;
    this.kept.set(name, record);
    this.bytes = bytes;
    return true;
  }
}
