"use client";

import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { useEffect, useId, useMemo, useState } from "react";
import { durationOf } from "../lib/format.ts";
import type { LiveState } from "../lib/live-state.ts";
import { RequestProblem } from "../lib/problem.ts";
import {
  namesUnknownQueue,
  orderedNames,
  type QueueOrder,
  queueOrderOf,
  queueOrders,
  withLiveStats,
} from "../lib/queue-order.ts";
import { fetchQueues, type QueueRow } from "../lib/rest.ts";
import { mayReadQueues, useSession } from "../lib/session.ts";
import { useLive, useNow, useWatchedQueues } from "../lib/use-live.ts";
import { Button } from "./button.tsx";
import { DepthLegend, DepthTextures } from "./depth-bar.tsx";
import { createQueueCommand } from "./queue-commands.ts";
import { QueueRecords } from "./queue-records.tsx";
import { Bone, Empty, Forbidden, Panel, ProblemPanel } from "./states.tsx";

/** The list is asked for this often, in ms; between, the live feed keeps the depths current. */
const listIntervalMs = 10_000;

/** Depths older than this, in ms, lose their colour. */
const staleMs = 15_000;

/** Where is work piling up? */
export function QueuesPage() {
  const { me } = useSession();
  const forbidden = me !== null && !mayReadQueues(me.scopes);
  const list = useQuery({
    queryKey: ["queues"],
    queryFn: fetchQueues,
    refetchInterval: listIntervalMs,
    enabled: me !== null && !forbidden,
  });
  const live = useLive();
  useWatchedQueues(me !== null && !forbidden);
  const retry = () => void list.refetch();
  const missing =
    list.data !== undefined && namesUnknownQueue(list.data.queues, live.queues?.message ?? null);
  const refetch = list.refetch;
  useEffect(() => {
    if (missing) void refetch();
  }, [missing, refetch]);
  return (
    <>
      <h1 className="mb-4 text-xl">Queues</h1>
      {forbidden ? (
        <Forbidden scope="read:*" />
      ) : list.data !== undefined ? (
        <Listed
          rows={list.data.queues}
          complete={list.data.complete}
          listedAtMs={list.dataUpdatedAt}
          live={live}
          problem={list.error instanceof RequestProblem ? list.error : null}
          retry={retry}
        />
      ) : list.error instanceof RequestProblem ? (
        <ProblemPanel problem={list.error} retry={retry} />
      ) : (
        <QueuesSkeleton />
      )}
    </>
  );
}

function Listed({
  rows,
  complete,
  listedAtMs,
  live,
  problem,
  retry,
}: {
  readonly rows: readonly QueueRow[];
  readonly complete: boolean;
  readonly listedAtMs: number;
  readonly live: LiveState;
  readonly problem: RequestProblem | null;
  readonly retry: () => void;
}) {
  const { text, order, choose } = useView();
  const current = useMemo(
    () => withLiveStats(rows, live.queues?.message ?? null),
    [rows, live.queues],
  );
  const { names, sortAgain } = useStillOrder(current, order);
  const ageMs = useDepthAge(live, listedAtMs);
  const byName = new Map(current.map((row) => [row.name, row]));
  const shown = names
    .flatMap((name) => byName.get(name) ?? [])
    .filter((row) => row.name.includes(text));
  if (rows.length === 0) return <NoQueues />;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      {problem === null ? null : <ProblemPanel problem={problem} retry={retry} />}
      <Filters text={text} order={order} choose={choose} sortAgain={sortAgain} />
      {shown.length === 0 ? (
        <Panel>
          <p>No queue’s name has “{text}” in it.</p>
        </Panel>
      ) : (
        <div className={ageMs > staleMs ? "stale" : ""}>
          <DepthTextures />
          <QueueRecords rows={shown} />
        </div>
      )}
      <div className="flex flex-wrap justify-between gap-x-6 gap-y-2">
        <DepthLegend />
        <p className="text-xs text-t3">
          {`${shown.length} of ${rows.length}${complete ? "" : " and more"}, as of ${durationOf(ageMs)} ago`}
        </p>
      </div>
    </div>
  );
}

/** What the address says: the part of the name, and the order. The address is the state. */
function useView(): {
  readonly text: string;
  readonly order: QueueOrder;
  readonly choose: (key: "name" | "order", value: string) => void;
} {
  const search = useSearchParams();
  return {
    text: search.get("name") ?? "",
    order: queueOrderOf(search.get("order")),
    choose: (key, value) => {
      const next = new URLSearchParams(search);
      if (value === "") next.delete(key);
      else next.set(key, value);
      const query = next.size === 0 ? "" : `?${next.toString()}`;
      window.history.replaceState(null, "", `${window.location.pathname}${query}`);
    },
  };
}

/** Rows that move under the pointer are a trap: the order changes only when it is asked for, or a queue comes or goes. */
function useStillOrder(
  rows: readonly QueueRow[],
  order: QueueOrder,
): { readonly names: readonly string[]; readonly sortAgain: () => void } {
  const members = rows
    .map((row) => row.name)
    .toSorted()
    .join(" ");
  const key = `${order} ${members}`;
  const [still, setStill] = useState<StillOrder>({ key: "", names: [] });
  const sortAgain = () => setStill({ key, names: orderedNames(rows, order) });
  if (still.key !== key) sortAgain();
  return { names: still.names, sortAgain };
}

/** An order, and what it was made for: the queues there were, and the order that was asked for. */
type StillOrder = { readonly key: string; readonly names: readonly string[] };

/** The age of the newest depths shown, in ms. */
function useDepthAge(live: LiveState, listedAtMs: number): number {
  const nowMs = useNow();
  const feedAgeMs = live.queues === null ? Number.POSITIVE_INFINITY : nowMs - live.queues.atMs;
  const listAgeMs = performance.timeOrigin + nowMs - listedAtMs;
  return Math.max(0, Math.min(feedAgeMs, listAgeMs));
}

const orderWords: Readonly<Record<QueueOrder, string>> = {
  attention: "Needs attention first",
  name: "By name",
  ready: "Most ready first",
  dead: "Most dead first",
  oldest: "Longest waiting first",
  bytes: "Largest first",
};

function Filters({
  text,
  order,
  choose,
  sortAgain,
}: {
  readonly text: string;
  readonly order: QueueOrder;
  readonly choose: (key: "name" | "order", value: string) => void;
  readonly sortAgain: () => void;
}) {
  const textId = useId();
  const orderId = useId();
  const control =
    "min-h-8 rounded-sm border border-border bg-panel px-2 text-sm text-t1 pointer-coarse:min-h-11";
  return (
    <form className="flex flex-wrap items-end gap-3" onSubmit={(event) => event.preventDefault()}>
      <div className="grid min-w-40 flex-1 gap-1 sm:max-w-72">
        <label htmlFor={textId} className="text-xs text-t3">
          Name contains
        </label>
        <input
          id={textId}
          type="search"
          defaultValue={text}
          spellCheck={false}
          autoCapitalize="none"
          onChange={(event) => choose("name", event.target.value)}
          className={control}
        />
      </div>
      <div className="grid min-w-40 flex-1 gap-1 sm:max-w-56">
        <label htmlFor={orderId} className="text-xs text-t3">
          Order
        </label>
        <select
          id={orderId}
          value={order}
          onChange={(event) => choose("order", event.target.value)}
          className={control}
        >
          {queueOrders.map((each) => (
            <option key={each} value={each}>
              {orderWords[each]}
            </option>
          ))}
        </select>
      </div>
      <Button onClick={sortAgain}>Sort again</Button>
    </form>
  );
}

function NoQueues() {
  return (
    <Empty title="There is no queue yet" command={createQueueCommand(window.location.origin)}>
      Create one with a token that may manage it; it appears here at once.
    </Empty>
  );
}

/** Stands where the list will stand. */
export function QueuesSkeleton() {
  return (
    <output className="late-in grid gap-4" aria-label="Waiting for the queues">
      <Bone className="h-12 w-full max-w-[520px]" />
      <Bone className="h-64 w-full" />
    </output>
  );
}
