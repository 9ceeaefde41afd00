import { expect, it } from "vitest";
import { nackQuorumOf, quorumOf } from "./quorum.ts";

const rows = [
  { voters: 1, quorum: 1, nacks: 1 },
  { voters: 2, quorum: 2, nacks: 1 },
  { voters: 3, quorum: 2, nacks: 2 },
  { voters: 4, quorum: 3, nacks: 2 },
  { voters: 5, quorum: 3, nacks: 3 },
  { voters: 6, quorum: 4, nacks: 3 },
  { voters: 7, quorum: 4, nacks: 4 },
] as const;

it.each(rows)("$voters voters decide with $quorum and deny with $nacks", (row) => {
  expect(quorumOf(row.voters)).toBe(row.quorum);
  expect(nackQuorumOf(row.voters)).toBe(row.nacks);
});

it.each(rows)("two quorums of $voters share a voter, and a nack quorum leaves none", (row) => {
  expect(2 * row.quorum).toBeGreaterThan(row.voters);
  expect(row.voters - row.nacks).toBeLessThan(row.quorum);
});
