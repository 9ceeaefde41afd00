/** The history of a message as people read it: what is kept, what is ahead, what nobody knows. */
import { durationText, plural, visible } from "../output/cell.ts";
import type { Paint } from "../output/style.ts";
import { wrapped } from "../output/wrapped.ts";
import { errorsKept, type HistoryEvent, type MessageHistory } from "./history.ts";

/** The history, without an end of line; `nowMs` is the reader's clock. */
export function historyText(
  history: MessageHistory,
  style: { readonly paint: Paint; readonly columns: number; readonly nowMs: number },
): string {
  const { paint, columns, nowMs } = style;
  const { events, ahead, messageId, queue, state } = history;
  const lines = linesOf(events, ahead, nowMs);
  const whenChars = Math.max(...lines.map(({ when }) => when.length));
  const left = (at: string, when: string): string => {
    return `${at.padEnd(timeChars)}  ${when.padStart(whenChars)}  `;
  };
  const drawn = lines.flatMap(({ at, when, text, isAhead }) => {
    const room = Math.max(textCharsMin, columns - left(at, when).length);
    const [first = "", ...more] = wrapped(visible(text), room);
    const whole = [left(at, when) + first, ...more.map((line) => left("", "") + line)];
    return isAhead ? whole.map((line) => paint("quiet", line)) : whole;
  });
  return [
    `${paint("title", visible(messageId))} in ${visible(queue)} is ${visible(state)}`,
    "",
    ...drawn,
    "",
    ...wrapped(countsText(history), columns),
    ...wrapped(limitsText(history), columns).map((line) => paint("quiet", line)),
  ].join("\n");
}

/** Characters of a time as the API writes it. */
const timeChars = 24;

/** What is said of an event gets so many characters on a line, however narrow the terminal is. */
const textCharsMin = 24;

/** A line for each event: when, how long after the one before or from now, what. */
function linesOf(events: readonly HistoryEvent[], ahead: readonly HistoryEvent[], nowMs: number) {
  const past = events.map(({ at, event, detail }, index) => {
    const before = events[index - 1];
    const when = before === undefined ? "" : `+${between(before.at, at)}`;
    return { at, when, text: `${event}: ${detail}`, isAhead: false };
  });
  const future = ahead.map(({ at, detail }) => {
    const leftMs = Date.parse(at) - nowMs;
    const when = leftMs < 0 ? "about now" : `in ${durationText(leftMs)}`;
    return { at, when, text: detail, isAhead: true };
  });
  return [...past, ...future];
}

function between(before: string, at: string): string {
  return durationText(Date.parse(at) - Date.parse(before));
}

function countsText({ deliveries, failures, redrives, untoldFailures }: MessageHistory): string {
  const since = redrives === 0 ? "" : " since it was brought back";
  const counts = `Delivered ${plural(deliveries, "time")}, failed ${plural(failures, "time")}${since}.`;
  const back = redrives === 0 ? "" : ` Brought back ${plural(redrives, "time")}.`;
  const untold =
    (untoldFailures ?? 0) === 0
      ? ""
      : ` Of ${plural(untoldFailures ?? 0, "failure")} no error was told: a nack without one, or a lease that ended by itself.`;
  return counts + back + untold;
}

function limitsText({ hasOlderErrors }: MessageHistory): string {
  const kept =
    `Kept are the enqueue, the last ${errorsKept} errors, the present lease and the death; ` +
    "when it was delivered, released or brought back before, and to whom, is not.";
  if (hasOlderErrors === null) return `Errors are shown to tokens that may peek. ${kept}`;
  return hasOlderErrors ? `There may have been older errors. ${kept}` : kept;
}
