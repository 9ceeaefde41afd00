/** What is paused of a queue, as answers show it. */
import { formatTime } from "@quorate/contract";
import type { Pause, Pauses } from "@quorate/queue";

/** Each null, or who, when and why. */
export function pausedIn({ send, receive }: Pauses) {
  return { send: pauseIn(send), receive: pauseIn(receive) };
}

function pauseIn(pause: Pause | null) {
  if (pause === null) return null;
  const { by, atMs, reason } = pause;
  // Issuer and subject, which a line break parts where it is stored.
  return { by: by.replace("\n", " "), at: formatTime(atMs), reason };
}
