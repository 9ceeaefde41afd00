"use client";

import { useSyncExternalStore } from "react";

/** From this width on, in px, tables are tables; below, each row is a card. */
const wideQuery = "(min-width: 768px)";

/** Whether the window is wide enough for tables. True where there is no window. */
export function useWide(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => matchMedia(wideQuery).matches,
    () => true,
  );
}

function subscribe(listener: () => void): () => void {
  const media = matchMedia(wideQuery);
  media.addEventListener("change", listener);
  return () => media.removeEventListener("change", listener);
}
