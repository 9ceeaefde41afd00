/** Settles leases, and says of each what became of it. */
import type { Operations, SettledMany } from "@quorate/sdk";
import type { Cli } from "../../cli.ts";
import { exitCodeOf } from "../../ending.ts";
import { type Fields, textAt, valueAt } from "../../exact-json.ts";
import { absent } from "../../output/cell.ts";
import type { View } from "../../output/output.ts";

/** What is to be done with one lease. */
export type Settlement = Operations["settle"]["body"]["settlements"][number];

const view: View = {
  kind: "list",
  name: "results",
  id: "leaseId",
  empty: "No lease was named.",
  columns: [
    { title: "LEASE", of: "leaseId" },
    { title: "MESSAGE IS", of: (result) => textAt(result, "state") || absent },
    { title: "UNTIL", of: "leaseUntil", isOptional: true },
    { title: "NOTE", of: noteOf, isOptional: true },
  ],
};

function noteOf(result: Fields): string {
  const problem = valueAt(result, "problem");
  if (problem !== undefined) {
    // Why a lease is lost, or by which verb it was settled before.
    const why = textAt(problem, "reason") || textAt(problem, "action");
    return `${textAt(problem, "code")}${why === "" ? "" : `: ${why}`}`;
  }
  if (valueAt(result, "alreadySettled") === true) return "had been settled so before";
  return valueAt(result, "late") === true ? "late: the lease had ended" : "";
}

/** Settles all of them. The first that is refused gives the exit code. */
export async function settleMany(
  cli: Cli,
  queue: string,
  settlements: readonly Settlement[],
): Promise<SettledMany> {
  const { body } = await cli.request("settle", { params: { queue }, body: { settlements } });
  const refused = body.results.find((result) => "problem" in result);
  if (refused !== undefined && "problem" in refused) cli.endWith(exitCodeOf(refused.problem));
  return body;
}

/** Settles every lease in the same way and prints the results. */
export async function settleAll(
  cli: Cli,
  given: {
    readonly queue: string;
    readonly leases: readonly string[];
    readonly as: (leaseId: string) => Settlement;
  },
): Promise<void> {
  const { queue, leases, as } = given;
  cli.output.answer(await settleMany(cli, queue, leases.map(as)), view);
}
