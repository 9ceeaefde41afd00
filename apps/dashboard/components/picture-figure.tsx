"use client";

import { Pause, Play } from "lucide-react";
import { useEffect, useId, useRef, useState } from "react";
import type { PictureState } from "@quorate/contract";
import { durationOf, groupedOf } from "../lib/format.ts";
import { type Freshness, looksLive } from "../picture/freshness.ts";
import { Lanes } from "../picture/lanes.tsx";
import { Ring } from "../picture/ring.tsx";
import { phrasesOf } from "../picture/sentence.ts";
import { type Tone, verdictOf } from "../picture/verdict.ts";
import { Button } from "./button.tsx";

/** The picture with its sentence, its badge and its age. */
export function PictureFigure({
  picture,
  freshness,
  paused,
  onPause,
}: {
  readonly picture: PictureState;
  readonly freshness: Freshness;
  readonly paused: boolean;
  readonly onPause: () => void;
}) {
  const verdict = verdictOf(picture, freshness);
  return (
    <figure className="rounded-md border border-hair bg-panel p-4 md:px-5">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <h2 className="text-lg">{verdict.headline}</h2>
        <Badge tone={verdict.tone}>{verdict.badge}</Badge>
      </div>
      <figcaption className="mt-1 max-w-[92ch] text-base">
        {phrasesOf(picture, freshness).map((phrase, k) =>
          phrase.strong ? <strong key={k}>{phrase.text}</strong> : phrase.text,
        )}
      </figcaption>
      <Drawing picture={picture} stale={!looksLive(freshness)} />
      <div className="mt-3 flex flex-wrap items-center justify-between gap-3 border-t border-hair pt-3">
        <AsOf picture={picture} freshness={freshness} paused={paused} />
        <Button onClick={onPause} aria-pressed={paused}>
          {paused ? (
            <Play size={14} strokeWidth={1.5} aria-hidden="true" />
          ) : (
            <Pause size={14} strokeWidth={1.5} aria-hidden="true" />
          )}
          {paused ? "Go on" : "Hold still"}
        </Button>
      </div>
    </figure>
  );
}

function Drawing({ picture, stale }: { readonly picture: PictureState; readonly stale: boolean }) {
  const id = useId();
  const lanes = useRef<HTMLDivElement>(null);
  const width = useWidth(lanes);
  return (
    <div
      className={`mt-3 grid items-center gap-x-6 gap-y-4 lg:grid-cols-[264px_minmax(0,1fr)] ${stale ? "stale" : ""}`}
    >
      <div className="mx-auto w-full max-w-[216px] lg:max-w-none">
        <Ring picture={picture} id={id} />
      </div>
      <div ref={lanes} className="min-h-48 min-w-0 overflow-x-clip">
        {width === null ? null : <Lanes picture={picture} width={width} id={id} />}
      </div>
    </div>
  );
}

/** The width of an element in px, measured; null before the first measurement. */
function useWidth(element: React.RefObject<HTMLElement | null>): number | null {
  const [width, setWidth] = useState<number | null>(null);
  useEffect(() => {
    const target = element.current;
    if (target === null) return;
    const observer = new ResizeObserver(() => setWidth(Math.floor(target.clientWidth)));
    observer.observe(target);
    return () => observer.disconnect();
  }, [element]);
  return width;
}

function AsOf({
  picture,
  freshness,
  paused,
}: {
  readonly picture: PictureState;
  readonly freshness: Freshness;
  readonly paused: boolean;
}) {
  const age = freshness.ageMs === null ? "age unknown" : `${durationOf(freshness.ageMs)} ago`;
  const via = picture.via === null ? "" : `, via ${picture.via}`;
  return (
    <p className="text-sm text-t3">
      {paused ? <strong>Held still. </strong> : null}
      {`As of op ${groupedOf(picture.coord.op)} in epoch ${groupedOf(picture.coord.epoch)}, ${age}${via}`}
    </p>
  );
}

const badgeLooks: Readonly<Record<Tone, string>> = {
  commit: "border-commit text-commit",
  lag: "border-lag text-lag",
  shift: "border-shift text-shift",
  fault: "border-fault text-fault",
  quiet: "border-border border-dashed text-t2",
};

/** A few words in a frame; the frame's colour says the same once more. */
export function Badge({ tone, children }: { readonly tone: Tone; readonly children: string }) {
  return (
    <span
      className={`rounded-sm border px-2 py-0.5 text-sm font-semibold whitespace-nowrap ${badgeLooks[tone]}`}
    >
      {children}
    </span>
  );
}
