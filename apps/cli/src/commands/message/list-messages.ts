/** Lists of messages: what `peek`, `message ls` and `dlq ls` have in common. */
import type { Operations } from "@quorate/sdk";
import type { Cli } from "../../cli.ts";
import { type Fields, listAt, textAt } from "../../exact-json.ts";
import { ageAt } from "../../output/age.ts";
import { absent } from "../../output/cell.ts";
import { bodyText, short } from "../../output/body-text.ts";
import type { View } from "../../output/output.ts";
import { readPages } from "../pages.ts";

/** Entries of a list when nobody says how many. */
export const limitDefault = 50;

/** Entries that fit the memory of this command. */
export const limitMax = 100_000;

/** Which messages, and how many. */
export interface MessageChoice {
  readonly queue: string;
  readonly limit: number;
  readonly cursor: string | undefined;
  readonly state: Operations["listMessages"]["query"]["state"];
  readonly groupId: string | undefined;
  readonly dedupId: string | undefined;
}

/** A table of messages that may be in any state. */
export const messageView: View = {
  kind: "list",
  name: "messages",
  id: "messageId",
  empty: "No such messages.",
  columns: [
    { title: "MESSAGE", of: "messageId" },
    { title: "SEQ", of: "seq", align: "right" },
    { title: "STATE", of: "state" },
    { title: "GROUP", of: "groupId", isOptional: true, shrinks: true },
    { title: "TRY", of: "deliveries", align: "right" },
    { title: "FAILED", of: "failures", align: "right" },
    { title: "AGE", of: ageAt("enqueuedAt"), align: "right" },
    { title: "BODY", of: bodyText },
  ],
};

/** A table of dead letters. */
export const deadView: View = {
  kind: "list",
  name: "messages",
  id: "messageId",
  empty: "No dead letters.",
  columns: [
    { title: "MESSAGE", of: "messageId" },
    { title: "GROUP", of: "groupId", isOptional: true, shrinks: true },
    { title: "REASON", of: "dead.reason" },
    { title: "DEAD FOR", of: ageAt("dead.at"), align: "right" },
    { title: "TRY", of: "deliveries", align: "right" },
    { title: "LAST ERROR", of: lastError },
    { title: "BODY", of: bodyText },
  ],
};

function lastError(message: Fields): string {
  const [newest] = listAt(message, "errors");
  if (newest === undefined) return absent;
  return short(textAt(newest, "message") || textAt(newest, "type") || absent);
}

/** Reads the messages and prints them. */
export async function printMessages(
  cli: Cli,
  choice: MessageChoice,
  { view, further }: { readonly view: View; readonly further: Further },
): Promise<void> {
  const { queue, limit, cursor, state, groupId, dedupId } = choice;
  const answer = await readPages({ name: "messages", limit, cursor }, (page) =>
    cli.request("listMessages", {
      params: { queue },
      query: { state, groupId, dedupId, ...page },
    }),
  );
  cli.output.answer(answer, view);
  tellOfMore(cli, answer, further);
}

/** How a command can be asked for what follows a cursor. */
export type Further = (cursor: string) => string;

/** For commands that take a cursor. */
export const byCursor: Further = (cursor) => `--cursor ${cursor}, or a higher --limit`;

/** Says how to see what follows. */
export function tellOfMore(cli: Cli, answer: Fields, further: Further): void {
  const cursor = textAt(answer, "cursor");
  if (cursor !== "") cli.output.say(`More follow: ${further(cursor)}.`);
}
