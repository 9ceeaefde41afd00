"use client";

import { useEffect, useRef, useState } from "react";
import type { PictureState } from "@quorate/contract";
import type { Freshness } from "../picture/freshness.ts";
import { verdictOf } from "../picture/verdict.ts";

/** Speech must not be flooded: at most one polite message in this time, in ms. */
const politeMs = 10_000;

/**
 * Tells screen readers when the state of the cluster changes: at once when the quorum is lost,
 * politely and seldom otherwise. The headline has no numbers in it, so it changes only with the state.
 */
export function Announcer({
  picture,
  freshness,
}: {
  readonly picture: PictureState | null;
  readonly freshness: Freshness;
}) {
  const headline = picture === null ? "" : verdictOf(picture, freshness).headline;
  const urgent = picture?.status === "no-quorum";
  const polite = useSeldom(urgent ? "" : headline);
  return (
    <>
      <output className="sr-only">{polite}</output>
      <p role="alert" className="sr-only">
        {urgent ? headline : ""}
      </p>
    </>
  );
}

/** Follows `text`, but not more often than once in `politeMs`; the newest text wins. */
function useSeldom(text: string): string {
  const [said, setSaid] = useState("");
  const saidAtMs = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    const waitMs = Math.max(0, saidAtMs.current + politeMs - performance.now());
    const timer = setTimeout(() => {
      saidAtMs.current = performance.now();
      setSaid(text);
    }, waitMs);
    return () => clearTimeout(timer);
  }, [text]);
  return said;
}
