export type { Clock } from "./clock.ts";
export type { Crypto, Signer } from "./crypto.ts";
export {
  evidenceNameCharsMax,
  evidenceRecordsMax,
  type EvidenceStore,
  evidenceStoreBytesMax,
} from "./evidence-store.ts";
export type {
  BlockStore,
  Journal,
  JournalEvents,
  JournalFatalReason,
  OpenedEntry,
  OpenedJournal,
  OpenedLog,
} from "./journal.ts";
export type { Log, LogFields } from "./log.ts";
export { metricHelp, type MetricName, type Metrics } from "./metrics.ts";
export { peerKey, type PeerId, type Transport, type TransportEvents } from "./transport.ts";
