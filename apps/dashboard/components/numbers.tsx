"use client";

import type { ReactNode } from "react";
import type { LiveQueues } from "@quorate/contract";
import { durationOf, groupedOf, latencyOf, roughOf } from "../lib/format.ts";
import { type Sample, sparkPathOf } from "../lib/history.ts";
import type { LiveState } from "../lib/live-state.ts";

/** The few numbers that change what one does next. */
export function Numbers({
  live,
  current,
}: {
  readonly live: LiveState;
  readonly current: boolean;
}) {
  const received = live.picture;
  if (received === null) return null;
  const picture = received.message;
  const rejected = picture.members.reduce((sum, member) => sum + member.rejectedLastMin, 0);
  return (
    <dl
      className={`grid grid-cols-2 gap-px overflow-hidden rounded-md border border-hair bg-hair lg:grid-cols-5 ${current ? "" : "stale"}`}
    >
      <Figure name="Commits" unit="per second" samples={live.opsPerSec}>
        {roughOf(picture.opsPerSec)}
      </Figure>
      <Figure
        name="Commit latency, p99"
        unit={
          picture.commitMsP50 === null
            ? "none in the last minute"
            : `half within ${latencyOf(picture.commitMsP50)}`
        }
        samples={live.commitMsP99}
      >
        {picture.commitMsP99 === null ? "–" : latencyOf(picture.commitMsP99)}
      </Figure>
      <QueueFigures queues={live.queues?.message ?? null} />
      <Figure name="Rejected statements" unit="in the last minute" alarm={rejected > 0}>
        {groupedOf(rejected)}
      </Figure>
    </dl>
  );
}

function QueueFigures({ queues }: { readonly queues: LiveQueues | null }) {
  const all = queues?.queues ?? [];
  const oldest = Math.max(-1, ...all.map((queue) => queue.stats.oldestReadyAgeMs ?? -1));
  const dead = all.reduce((sum, queue) => sum + queue.stats.dead, 0);
  const ready = all.reduce((sum, queue) => sum + queue.stats.ready, 0);
  const oldestName = all.find((queue) => queue.stats.oldestReadyAgeMs === oldest)?.name;
  return (
    <>
      <Figure
        name="Oldest ready message"
        unit={oldestName === undefined ? "in any queue" : `in ${oldestName}`}
      >
        {queues === null ? "–" : oldest < 0 ? "none" : durationOf(oldest)}
      </Figure>
      <Figure name="Dead letters" unit={queues === null ? "" : `${groupedOf(ready)} ready`}>
        {queues === null ? "–" : groupedOf(dead)}
      </Figure>
    </>
  );
}

function Figure({
  name,
  unit,
  samples = [],
  alarm = false,
  children,
}: {
  readonly name: string;
  readonly unit: string;
  readonly samples?: readonly Sample[];
  readonly alarm?: boolean;
  readonly children: ReactNode;
}) {
  const path = sparkPathOf(samples, 100, 28);
  return (
    <div
      className={`relative min-w-0 border-l-[3px] bg-panel px-4 py-3 last:max-lg:col-span-2 ${alarm ? "border-l-fault" : "border-l-transparent"}`}
    >
      <dt className="truncate text-xs text-t3">{name}</dt>
      <dd className="mt-1">
        <span className="block text-xl font-semibold whitespace-nowrap text-t1">{children}</span>
        <span className="block truncate text-xs text-t3">{unit}</span>
      </dd>
      {path === "" ? null : (
        <svg
          viewBox="0 0 100 28"
          preserveAspectRatio="none"
          aria-hidden="true"
          className="absolute right-3 bottom-3 hidden h-7 w-[38%] xl:block"
        >
          <path
            d={path}
            fill="none"
            stroke="var(--border)"
            strokeWidth="1.5"
            vectorEffect="non-scaling-stroke"
          />
        </svg>
      )}
    </div>
  );
}
