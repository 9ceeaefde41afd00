import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { tokenBytesMax } from "@quorate/contract";
import { inputBytes, standardInput } from "../../arguments/input-bytes.ts";
import type { Cli } from "../../cli.ts";
import { addExamples } from "../../examples.ts";
import { textAt } from "../../exact-json.ts";
import { exitCodes } from "../../exit-codes.ts";
import { Failure } from "../../failure.ts";
import type { View } from "../../output/output.ts";
import { wordsText } from "../../output/words-text.ts";
import { readToken } from "../../token/read-token.ts";

const view: View = {
  kind: "record",
  id: "claims.sub",
  columns: [
    { title: "subject", of: "claims.sub" },
    { title: "issuer", of: "claims.iss" },
    { title: "audience", of: "claims.aud" },
    { title: "scope", of: (token) => wordsText(textAt(token, "claims.scope").split(" ")) },
    { title: "id", of: "claims.jti" },
    { title: "until", of: "expiresAt" },
    { title: "expired", of: "isExpired" },
    { title: "algorithm", of: "header.alg" },
    { title: "key", of: "header.kid" },
  ],
};

/** `quorate token inspect`: reads, and trusts nothing. */
export function declareTokenInspect(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("inspect")
    .description("what is written in a token; its signature is not verified")
    .argument("[source]", "- reads standard input, @file a file (the token in use)")
    .action(async (source) => {
      const token = await tokenOf(source, cli);
      const content = readToken(token, cli.host.nowMs());
      cli.output.answer(content, view);
      if (content.isExpired) cli.output.warn("This token is over: no gateway takes it.");
    });
  addExamples(command, [
    { call: "quorate token inspect", does: "the token that commands would send from here" },
    { call: "quorate token inspect @prod.token", does: "the token in a file" },
  ]);
}

/** A token on the command line would be seen by others, so it comes from a file or a pipe. */
async function tokenOf(source: string | undefined, cli: Cli): Promise<string> {
  if (source === undefined) {
    const { token } = cli.connection();
    if (token !== null) return token;
    throw new Failure(exitCodes.notAllowed, "there is no token in use here");
  }
  if (source !== standardInput && !source.startsWith("@")) {
    throw new Failure(exitCodes.usage, "expected - or @file: others see what is on a command line");
  }
  const file = source === standardInput ? source : source.slice(1);
  return new TextDecoder().decode(await inputBytes(file, cli.host, tokenBytesMax)).trim();
}
