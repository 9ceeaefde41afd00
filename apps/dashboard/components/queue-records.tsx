"use client";

import { bytesOf, durationOf, groupedOf } from "../lib/format.ts";
import type { QueueRow } from "../lib/rest.ts";
import { DepthBar } from "./depth-bar.tsx";
import { type Field, Records } from "./records.tsx";

/** The queues with their depths. */
export function QueueRecords({ rows }: { readonly rows: readonly QueueRow[] }) {
  return (
    <Records caption="Queues" rows={rows} keyOf={(row) => row.name} head={head} fields={fields} />
  );
}

const head: Field<QueueRow> = { name: "Queue", cell: (row) => <Name row={row} /> };

function Name({ row }: { readonly row: QueueRow }) {
  const paused = [row.sendPaused ? "send" : "", row.receivePaused ? "receive" : ""].filter(
    (each) => each !== "",
  );
  return (
    <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <strong className="break-words">{row.name}</strong>
      {paused.length === 0 ? null : (
        <span className="rounded-sm border border-border border-dashed px-1.5 text-xs">
          {`${paused.join(" and ")} paused`}
        </span>
      )}
    </span>
  );
}

const count = (name: string, hint: string, value: (row: QueueRow) => number): Field<QueueRow> => ({
  name,
  hint,
  numeric: true,
  cell: (row) => <Count value={value(row)} />,
});

/** Zero is quiet: the eye finds what is there. */
function Count({ value }: { readonly value: number }) {
  return value === 0 ? <span className="text-t3">0</span> : groupedOf(value);
}

const fields: readonly Field<QueueRow>[] = [
  {
    name: "Shares",
    hint: "How its messages divide; the key is below",
    whole: true,
    cell: (row) => <DepthBar stats={row.stats} />,
  },
  count("Ready", "Could be delivered now", (row) => row.stats.ready),
  count("Blocked", "Wait for their group", (row) => row.stats.blocked),
  count("Leased", "With a consumer", (row) => row.stats.leased),
  count("Scheduled", "Due later, or waiting after a failure", (row) => row.stats.scheduled),
  {
    name: "Dead",
    hint: "Dead letters",
    numeric: true,
    cell: (row) =>
      row.stats.dead === 0 ? (
        <Count value={0} />
      ) : (
        <strong className="text-fault">{groupedOf(row.stats.dead)}</strong>
      ),
  },
  {
    name: "Bytes",
    hint: "Of all its messages",
    numeric: true,
    cell: (row) => bytesOf(row.stats.bytes),
  },
  {
    name: "Oldest ready",
    hint: "Time since it was enqueued or due",
    numeric: true,
    cell: (row) =>
      row.stats.oldestReadyAgeMs === null ? (
        <span className="text-t3">–</span>
      ) : (
        durationOf(row.stats.oldestReadyAgeMs)
      ),
  },
];
