/** What a replica counts of what it refuses and ignores, read as Prometheus reads it. */
import type { RigReplica } from "../integration/rig/cluster.ts";

/** Counters of one replica at one moment. */
export interface ReplicaCounts {
  /** Frames and connections that its links refused, by reason. */
  readonly links: ReadonlyMap<string, number>;
  /** Packets of one peer that it refused, by reason. */
  readonly statements: ReadonlyMap<string, number>;
}

/** Asks the replica; `peer` as its metrics spell it: `replica-0`. */
export async function countsOf(replica: RigReplica, peer: string): Promise<ReplicaCounts> {
  const text = await (await fetch(replica.metricsUrl)).text();
  const statements = samplesOf(text, "quorate_statement_rejects_total").filter(
    ({ labels }) => labels.get("peer") === peer,
  );
  return {
    links: byReason(samplesOf(text, "quorate_link_rejects_total")),
    statements: byReason(statements),
  };
}

/** All counts together. */
export function totalOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

/** The counts of several, together. */
export function sumOf(all: readonly ReadonlyMap<string, number>[]): ReadonlyMap<string, number> {
  const sum = new Map<string, number>();
  for (const [reason, count] of all.flatMap((counts) => [...counts])) {
    sum.set(reason, (sum.get(reason) ?? 0) + count);
  }
  return sum;
}

/** What has been added since. */
export function growth(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const grown = [...after].map(
    ([reason, count]) => [reason, count - (before.get(reason) ?? 0)] as const,
  );
  return new Map(grown.filter(([, count]) => count > 0));
}

interface Sample {
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

function samplesOf(text: string, name: string): readonly Sample[] {
  const lines = text.split("\n").filter((line) => line.startsWith(`${name}{`));
  return lines.map((line) => ({
    labels: new Map(
      [...line.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = "", value = ""]) => [label, value]),
    ),
    value: Number(line.slice(line.lastIndexOf(" "))),
  }));
}

function byReason(samples: readonly Sample[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { labels, value } of samples) {
    const reason = labels.get("reason") ?? "";
    counts.set(reason, (counts.get(reason) ?? 0) + value);
  }
  return counts;
}
