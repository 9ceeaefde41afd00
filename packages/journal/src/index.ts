export { type DiskCalls, nodeDisk } from "./disk-calls.ts";
export { createEvidenceFile, type EvidenceFileOptions } from "./evidence-file.ts";
export { createFileJournal, type FileJournalOptions } from "./file-journal.ts";
export { formatFolder } from "./format-folder.ts";
export { JournalError, type JournalErrorCode } from "./journal-error.ts";
