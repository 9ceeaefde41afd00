/** The one end of a journal whose disk refuses: told once, final for everything that is written. */
import type { JournalEvents, JournalFatalReason } from "@quorate/ports";
import { errnoOf } from "./disk-calls.ts";

/**
 * Shared by all that use the disk of one open journal: once anything was refused, nothing is
 * written, nothing is retried and nobody is called back.
 */
export class FatalEnd {
  private readonly events: JournalEvents;
  private isEnded = false;

  constructor(events: JournalEvents) {
    this.events = events;
  }

  get hasHappened(): boolean {
    return this.isEnded;
  }

  /** Runs one use of the disk. False when it, or another one meanwhile, was refused. */
  async attempt(reason: JournalFatalReason, use: () => Promise<void>): Promise<boolean> {
    try {
      await use();
      return !this.isEnded;
    } catch (cause) {
      this.fail(isDiskFull(cause) ? "disk-full" : reason, cause);
      return false;
    }
  }

  /** Ends the journal. What is under way may still reach the disk, but nobody hears of it. */
  fail(reason: JournalFatalReason, cause: unknown): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.events.onFatal(reason, cause);
  }
}

function isDiskFull(cause: unknown): boolean {
  const errno = errnoOf(cause);
  return errno === "ENOSPC" || errno === "EDQUOT";
}
