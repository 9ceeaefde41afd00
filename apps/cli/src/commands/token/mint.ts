import { dirname, join } from "node:path";
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { clusterScopes, parseScopes, queueActions } from "@quorate/contract";
import { SecretFileError } from "@quorate/identity/secret-file";
import { durationBetween } from "../../arguments/duration.ts";
import type { Cli } from "../../cli.ts";
import { devFilePath, readDevFile } from "../../contexts/dev-file.ts";
import { addExamples } from "../../examples.ts";
import { exitCodes } from "../../exit-codes.ts";
import { textAt } from "../../exact-json.ts";
import { Failure } from "../../failure.ts";
import { IssuerKeyError, mintToken, readIssuerKey, tokenSecondsMax } from "../../token/issuer.ts";
import { readToken } from "../../token/read-token.ts";

const lifetimeMsDefault = 3_600_000;

/** `quorate token mint`: a token of the dev cluster's own issuer. */
export function declareTokenMint(parent: CommandUnknownOpts, cli: Cli): void {
  const command = parent
    .command("mint")
    .description("sign a token for the dev cluster of this folder")
    .requiredOption("--scope <words>", "what it may do, such as 'enqueue:orders.* read:*'")
    .option("--subject <name>", "whom it is for", "me")
    .option(
      "--lifetime <duration>",
      "how long it is valid, 12h at most (1h)",
      durationBetween(1000, tokenSecondsMax * 1000),
    )
    .action(async ({ scope, subject, lifetime }) => {
      const lifetimeSeconds = Math.floor((lifetime ?? lifetimeMsDefault) / 1000);
      const token = await mint(cli, { scope, subject, lifetimeSeconds });
      const { claims, expiresAt } = readToken(token, cli.host.nowMs());
      const answer = { token, claims, expiresAt };
      cli.output.answer(answer, { kind: "text", of: () => token, id: "token" });
    });
  addExamples(command, [
    {
      call: `quorate token mint --scope 'enqueue:orders' -o id > producer.token`,
      does: "may send to one queue, for an hour",
    },
    {
      call: `quorate token mint --scope 'dequeue:* read:*' --subject worker-1 --lifetime 12h`,
      does: "for a worker, half a day",
    },
  ]);
}

async function mint(
  cli: Cli,
  wanted: { readonly scope: string; readonly subject: string; readonly lifetimeSeconds: number },
): Promise<string> {
  const { host } = cli;
  const dev = readDevFile(host.folder);
  if (dev === null) {
    throw new Failure(exitCodes.notFound, "there is no dev cluster in this folder", {
      hint: "Tokens of other clusters come from their own issuers.",
    });
  }
  refuseUnknownScopes(wanted.scope);
  // The dev tokens say who the issuer is, and for which cluster.
  const { claims } = readToken(dev.tokens.viewer, host.nowMs());
  const keyFile = join(dirname(devFilePath(host.folder)), "keys", "issuer.jwk.json");
  return await mintToken(await keyIn(keyFile), {
    ...wanted,
    issuer: textAt(claims, "iss"),
    audience: textAt(claims, "aud"),
    issuedAt: Math.floor(host.nowMs() / 1000),
  });
}

/** A gateway ignores what it does not know; a person who mistyped a scope wants to hear of it. */
function refuseUnknownScopes(scope: string): void {
  const words = scope.split(" ").filter((word) => word !== "");
  const unknown = words.filter((word) => {
    const { patterns, cluster } = parseScopes(word);
    return patterns.size === 0 && cluster.size === 0;
  });
  if (words.length > 0 && unknown.length === 0) return;
  const known = [...queueActions.map((action) => `${action}:<queues>`), ...clusterScopes].join(" ");
  const line = words.length === 0 ? "--scope is empty" : `no such scope: ${unknown.join(" ")}`;
  throw new Failure(exitCodes.usage, line, { hint: `Scopes: ${known}` });
}

async function keyIn(path: string) {
  try {
    return await readIssuerKey(path);
  } catch (error) {
    if (error instanceof SecretFileError) {
      throw new Failure(exitCodes.error, error.message, { cause: error });
    }
    if (!(error instanceof IssuerKeyError)) throw error;
    throw new Failure(exitCodes.error, `${path} holds no key of an issuer`, { cause: error });
  }
}
