export {
  BatchEncoder,
  type EncodedBatch,
  journalStart,
  type UnnamedBatch,
  type WritePosition,
} from "./batch-encoder.ts";
export { BlockIndex, type HeldBlock } from "./block-index.ts";
export {
  blockHeaderBytes,
  type BlockHeader,
  blockOffsetInSlot,
  blockSlotBytes,
  blockSlotImage,
  readBlockHeader,
  writeBlockHeader,
} from "./block-slot.ts";
export { crc32, type Crc32 } from "./crc32.ts";
export { journalIdBytes, journalTag, type RecordFormat } from "./frame.ts";
export { JournalScan, type ScannedJournal } from "./journal-scan.ts";
export {
  batchBytesMax,
  entriesPerBatchMax,
  frameBytes,
  recordUnitBytes,
  sectorBytes,
  segmentBytesDefault,
} from "./layout.ts";
export { type KnownEntries, type OpenedEntry, type OpenedLog, openLog } from "./opened-log.ts";
export { type JournalOrigin, openScanned, SuperblockFrames } from "./opening.ts";
export { reachableBlocks } from "./reachable-blocks.ts";
export { readRecord } from "./read-record.ts";
export type { LostRecords } from "./record-account.ts";
export { RecordIndex, type RecordLocation } from "./record-index.ts";
export { type JournalBegin, journalBegin } from "./segment-spans.ts";
export {
  copiesPerFile,
  decideSuperblock,
  decodeSuperblockCopy,
  encodeSuperblockCopy,
  folderMarkBytes,
  superblockAreaBytes,
  type SuperblockDecision,
  superblockFiles,
  type SuperblockFrame,
  SuperblockTooLongError,
} from "./superblock-copy.ts";
