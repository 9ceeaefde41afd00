/** The five verbs that end a lease or move its end; each takes one lease or many. */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "../cli.ts";
import { declareAck } from "./settle/ack.ts";
import { declareExtend } from "./settle/extend.ts";
import { declareNack } from "./settle/nack.ts";
import { declareReject } from "./settle/reject.ts";
import { declareRelease } from "./settle/release.ts";

/** Declares the commands. */
export function declareSettle(parent: CommandUnknownOpts, cli: Cli): void {
  declareAck(parent, cli);
  declareNack(parent, cli);
  declareRelease(parent, cli);
  declareReject(parent, cli);
  declareExtend(parent, cli);
}
