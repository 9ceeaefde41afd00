"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { PictureState } from "@quorate/contract";
import { groupedOf } from "../lib/format.ts";
import { freshnessOf, type LiveState, type Received } from "../lib/live-state.ts";
import { liveFeed } from "../lib/live-feed.ts";
import { RequestProblem } from "../lib/problem.ts";
import { type ClusterSummary, fetchCluster } from "../lib/rest.ts";
import { mayReadCluster, mayReadQueues, useSession } from "../lib/session.ts";
import { useLive, useNow, useWatchedQueues } from "../lib/use-live.ts";
import { looksLive } from "../picture/freshness.ts";
import { verdictOf } from "../picture/verdict.ts";
import { Button } from "./button.tsx";
import { MemberRecords } from "./member-records.tsx";
import { Numbers } from "./numbers.tsx";
import { PictureFigure } from "./picture-figure.tsx";
import { createQueueCommand } from "./queue-commands.ts";
import { Bone, Empty, Forbidden, Panel, ProblemPanel } from "./states.tsx";

/** Is the cluster fine, and what is the next thing that can hurt it? */
export function ClusterPage() {
  const { me } = useSession();
  const live = useLive();
  useWatchedQueues(me !== null && mayReadQueues(me.scopes));
  const forbidden = me !== null && !mayReadCluster(me.scopes);
  return (
    <>
      <h1 className="mb-4 text-xl">Cluster</h1>
      {forbidden ? (
        <Forbidden scope="cluster:read" />
      ) : live.picture === null ? (
        <NoPicture live={live} asked={me !== null} />
      ) : (
        <Seen live={live} received={live.picture} />
      )}
    </>
  );
}

function Seen({
  live,
  received,
}: {
  readonly live: LiveState;
  readonly received: Received<PictureState>;
}) {
  const [held, setHeld] = useState<Received<PictureState> | null>(null);
  const shown = held ?? received;
  const nowMs = Math.max(useNow(), shown.atMs);
  const freshness = freshnessOf({ ...live, picture: shown }, nowMs);
  const current = looksLive(freshness);
  useTitle(verdictOf(shown.message, freshness).badge);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <PictureFigure
        picture={shown.message}
        freshness={freshness}
        paused={held !== null}
        onPause={() => setHeld(held === null ? received : null)}
      />
      <Numbers live={{ ...live, picture: shown }} current={current} />
      <div className={current ? "" : "stale"}>
        <h2 className="mt-2 mb-2 text-base">Members</h2>
        <MemberRecords picture={shown.message} />
      </div>
      {live.queues !== null && live.queues.message.queues.length === 0 ? <FirstQueue /> : null}
    </div>
  );
}

/** The tab says what the page says, so that it can be watched from another tab. */
function useTitle(badge: string): void {
  useEffect(() => {
    document.title = `${badge} · Cluster · Quorate`;
  }, [badge]);
}

function FirstQueue() {
  return (
    <Empty title="There is no queue yet" command={createQueueCommand(window.location.origin)}>
      The cluster is ready. Create the first queue with a token that may manage it:
    </Empty>
  );
}

/** A first picture is due within a second; after this time, in ms, something is wrong. */
const firstPictureMs = 5000;

/** Before the first picture: waiting, refused, or the feed does not come through. */
function NoPicture({ live, asked }: { readonly live: LiveState; readonly asked: boolean }) {
  const [sinceMs] = useState(() => performance.now());
  const waited = useNow() - sinceMs > firstPictureMs;
  const troubled = waited || live.refusal !== null || live.failures > 1 || live.malformed > 0;
  const cluster = useQuery({
    queryKey: ["cluster"],
    queryFn: fetchCluster,
    enabled: troubled && asked,
  });
  if (!troubled) return <ClusterSkeleton />;
  const retry = () => {
    liveFeed.retry();
    void cluster.refetch();
  };
  if (cluster.error instanceof RequestProblem) {
    return <ProblemPanel problem={cluster.error} retry={retry} />;
  }
  if (cluster.data === undefined) return <ClusterSkeleton />;
  return <NoFeed live={live} summary={cluster.data} retry={retry} />;
}

/** Requests are answered, the feed is not: what is wrong, and what the requests say. */
function NoFeed({
  live,
  summary,
  retry,
}: {
  readonly live: LiveState;
  readonly summary: ClusterSummary;
  readonly retry: () => void;
}) {
  const led = summary.primary === null ? "without a primary" : `led by ${summary.primary}`;
  return (
    <Panel className="border-l-[3px] border-l-lag">
      <div role="alert">
        <h2 className="text-lg">There is no live picture</h2>
        <p className="mt-1 max-w-[72ch]">{whyNoFeed(live)}</p>
      </div>
      <p className="mt-2 max-w-[72ch]">
        {`A moment ago the cluster was in status ${summary.status}, view ${groupedOf(summary.view)}, `}
        {`${led}, with everything up to ${groupedOf(summary.commit)} final; `}
        {`it could lose ${summary.canLose}.`}
      </p>
      {live.refusal === null ? null : (
        <p className="mt-2 text-sm text-t3">
          code <span className="font-mono text-xs text-t1">{live.refusal}</span>
        </p>
      )}
      <div className="mt-4">
        <Button onClick={retry}>Try again</Button>
      </div>
    </Panel>
  );
}

function whyNoFeed(live: LiveState): string {
  if (live.refusal !== null) return "The gateway refused the live feed.";
  if (live.malformed > 0) {
    return "The live feed speaks another version than this page. Reload the page to get the one that fits.";
  }
  if (live.connected) return "The live feed is connected, but nothing comes.";
  return "Requests reach the gateway, but its live feed at /live does not answer: a proxy on the way may not pass WebSockets.";
}

function ClusterSkeleton() {
  return (
    <output className="late-in grid gap-4" aria-label="Waiting for the first picture">
      <Panel>
        <Bone className="h-6 w-48" />
        <Bone className="mt-3 h-4 w-full max-w-[70ch]" />
        <div className="mt-4 grid items-center gap-6 lg:grid-cols-[264px_minmax(0,1fr)]">
          <svg
            viewBox="0 0 272 272"
            aria-hidden="true"
            className="mx-auto w-full max-w-[216px] lg:max-w-none"
          >
            <circle cx="136" cy="136" r="91" fill="none" stroke="var(--raised)" strokeWidth="20" />
          </svg>
          <svg
            viewBox="0 0 100 60"
            preserveAspectRatio="none"
            aria-hidden="true"
            className="h-48 w-full"
          >
            <path d="M16 10h44v10h-44zM16 25h44v10h-44zM16 40h44v10h-44z" fill="var(--raised)" />
            <path
              d="M60 4v52"
              stroke="var(--hair)"
              strokeWidth="3"
              vectorEffect="non-scaling-stroke"
            />
          </svg>
        </div>
      </Panel>
      <Bone className="h-24 w-full" />
      <Bone className="h-40 w-full" />
    </output>
  );
}
