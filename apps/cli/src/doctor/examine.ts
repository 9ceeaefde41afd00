/** All checks in the order in which one thing rests on another. */
import type { Cli } from "../cli.ts";
import { examineAddress, examineContextFile } from "./examine-address.ts";
import { examineCluster } from "./examine-cluster.ts";
import { examineDev } from "./examine-dev.ts";
import { examineGateway } from "./examine-gateway.ts";
import { examineToken } from "./examine-token.ts";
import { examineWay } from "./examine-way.ts";
import { type Finding, skipped } from "./finding.ts";

/** Looks at everything between this command and a quorum. Throws only what is a bug, or Ctrl-C. */
export async function* examine(cli: Cli): AsyncGenerator<Finding, void, undefined> {
  const { connection, finding } = examineAddress(cli);
  yield finding;
  if (connection === null) return;
  yield* examineContextFile(cli);
  yield* examineDev(cli, connection.url);
  const isThere = yield* examineService(cli, connection.url);
  const token = examineToken(cli, connection);
  yield token;
  if (!isThere) yield skipped("cluster", "there is no gateway to ask");
  else if (token.verdict === "bad") yield skipped("cluster", "it answers to a token alone");
  else yield* examineCluster(cli);
}

/** The way to the gateway, and the gateway itself. Answers whether it is there. */
async function* examineService(cli: Cli, url: string): AsyncGenerator<Finding, boolean, undefined> {
  if (yield* examineWay(cli, url)) return yield* examineGateway(cli);
  yield skipped("gateway", "there is no way to it");
  return false;
}
