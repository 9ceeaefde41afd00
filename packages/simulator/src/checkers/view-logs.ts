/**
 * The log of a view begins with what its StartView named, and goes on with entries of that view
 * alone (rules S3, S8): whoever shows another one as its log of that view takes what a view change
 * has dropped for what it has kept.
 */
import type { MessageOf, StatementHeader } from "@quorate/protocol";
import { Violation } from "./violation.ts";

export class ViewLogs {
  /** The op with which each view began. */
  private readonly starts = new Map<number, number>();

  onStartView({ view }: StatementHeader, { head }: MessageOf<"startView">): void {
    this.starts.set(view, head.op);
  }

  /** Throws Violation. */
  onDoViewChange(member: string, { lastNormalView, headers }: MessageOf<"doViewChange">): void {
    const start = this.starts.get(lastNormalView);
    if (start === undefined) return;
    for (const { header } of headers) {
      if (header.op <= start || header.view === lastNormalView) continue;
      const what = `op ${header.op} of view ${header.view} in its log of view ${lastNormalView}`;
      throw new Violation("view logs", `${member} shows ${what}, which began with ${start}`);
    }
  }
}
