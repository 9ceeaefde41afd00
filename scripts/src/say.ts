/**
 * Lines for the person who called. A detached supervisor writes them into its log, and hands them
 * to the program that waits for it, as long as that one listens.
 */
import { type Fields, isFields } from "./json-fields.ts";

/** What a detached supervisor tells the program that started it. */
export type SupervisorNews =
  | { readonly kind: "line"; readonly line: string }
  | { readonly kind: "complaint"; readonly line: string }
  | { readonly kind: "ready" };

/** Tells how things go. */
export function say(line: string): void {
  console.log(line);
  tell({ kind: "line", line });
}

/** Tells what went wrong. */
export function complain(line: string): void {
  console.error(line);
  tell({ kind: "complaint", line });
}

/** Sends news to the program that waits for this one, if any does. */
export function tell(news: SupervisorNews): void {
  if (process.connected) process.send?.(news);
}

/** The news in a message of another process, or null. */
export function newsIn(message: unknown): SupervisorNews | null {
  if (!isFields(message)) return null;
  const { kind, line }: Fields = message;
  if (kind === "ready") return { kind };
  if ((kind !== "line" && kind !== "complaint") || typeof line !== "string") return null;
  return { kind, line };
}
