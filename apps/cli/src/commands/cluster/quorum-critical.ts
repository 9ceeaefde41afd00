import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../../cli.ts";
import { addExamples } from "../../examples.ts";
import { exitCodes } from "../../exit-codes.ts";

/** `quorate cluster quorum-critical`: ask before you stop a member. */
export function declareQuorumCritical(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("quorum-critical")
    .description("may this member be stopped? 0: yes; 6: no, a quorum would be missing")
    .argument("<member>", "its id, such as r0")
    .action(async (member) => {
      const call = { params: { member }, maxRetries: 0 };
      const { body } = await cli.request("getQuorumCritical", call);
      const { id, safeToStop, quorum } = body;
      const others = `${quorum.reachable} of the members answer, ${quorum.needed} are needed`;
      const line = safeToStop ? `${id} may be stopped` : `${id} must not be stopped`;
      cli.output.answer(body, { kind: "text", of: () => `${line}: ${others}`, id: "id" });
      if (!safeToStop) cli.endWith(exitCodes.refused);
    });
  addExamples(command, [
    {
      call: "quorate cluster quorum-critical r1 && systemctl restart quorate@r1",
      does: "restart only when a quorum stays",
    },
  ]);
}
