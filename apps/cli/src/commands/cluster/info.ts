import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../../cli.ts";
import { addExamples } from "../../examples.ts";
import { valueAt } from "../../exact-json.ts";
import { absent, cellText, durationText } from "../../output/cell.ts";
import type { Column } from "../../output/table.ts";

const columns: readonly Column[] = [
  { title: "MEMBER", of: "id" },
  { title: "ROLE", of: "role" },
  { title: "STATUS", of: "status" },
  { title: "VIEW", of: "view", align: "right" },
  { title: "COMMIT", of: "commit", align: "right" },
  { title: "LAG", of: "lagOps", align: "right" },
  {
    title: "FSYNC",
    of: (member) => {
      const fsyncMs = valueAt(member, "fsyncMsP99");
      return typeof fsyncMs === "number" ? durationText(fsyncMs) : absent;
    },
    align: "right",
  },
  {
    title: "REJECTED",
    of: ({ signatureRejects }) => (signatureRejects === 0 ? absent : cellText(signatureRejects)),
    align: "right",
    isOptional: true,
  },
  { title: "MAY STOP", of: "safeToStop" },
  { title: "VERSION", of: "version" },
  { title: "KEY", of: "keyId", shrinks: true },
];

/** `quorate cluster info`: the members with all that is known of them. */
export function declareClusterInfo(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("info")
    .description("the members, with all that is known of them")
    .action(async () => {
      const { body } = await cli.request("getCluster", {});
      cli.output.answer(body, {
        kind: "list",
        name: "members",
        id: "id",
        columns,
        empty: "No member is known yet.",
      });
    });
  addExamples(command, [
    { call: "quorate cluster info", does: "a line for each member" },
    { call: "quorate cluster info -o ndjson", does: "a line of JSON for each member" },
  ]);
}
