/**
 * What a StartView must carry: the votes of a quorum for its view, and the DoViewChanges of a quorum,
 * from which its head and its commit follow (VRR §4.2, rules A1, A3 and L1). Whoever has its bytes
 * and the configuration of its epoch can check all of it.
 */
import { bytesEqual, type Sha256 } from "@quorate/prelude";
import {
  type ClusterConfig,
  type MessageOf,
  quorumOf,
  type View,
  votersOf,
} from "@quorate/protocol";
import type { Said } from "./contradiction.ts";
import { isWellFormed, selectLog } from "./selection.ts";

/** A DoViewChange, with the signed statement that it came in. */
export interface CarriedChange {
  readonly sender: number;
  readonly message: MessageOf<"doViewChange">;
  readonly statement: Uint8Array;
}

/** The configuration of the view's epoch, and how statements inside others are verified. */
export interface CarrierContext {
  readonly config: ClusterConfig;
  readonly configDigest: Uint8Array;
  readonly sha256: Sha256;
  /** Null for a statement that is not good. */
  readonly open: (statement: Uint8Array) => Said | null;
}

/** Whether the statements are votes for `view` by a quorum of distinct voters (rule L1). */
export function isVotedFor(
  view: View,
  statements: readonly Uint8Array[],
  { config, open }: Pick<CarrierContext, "config" | "open">,
): boolean {
  const voterCount = votersOf(config).length;
  const voters = new Set<number>();
  for (const statement of statements) {
    const vote = open(statement);
    if (vote === null || vote.message.command !== "startViewChange") return false;
    if (vote.header.view !== view || vote.header.sender >= voterCount) return false;
    voters.add(vote.header.sender);
  }
  return voters.size >= quorumOf(voterCount);
}

/** The DoViewChanges from which the StartView of `view` follows; null when it does not. */
export function changesBehind(
  view: View,
  { head, commit, votes, doViewChanges }: Omit<MessageOf<"startView">, "command">,
  context: CarrierContext,
): readonly CarriedChange[] | null {
  const { config, sha256 } = context;
  if (!isVotedFor(view, votes, context)) return null;
  const voterCount = votersOf(config).length;
  const used = new Map<number, CarriedChange>();
  for (const statement of doViewChanges) {
    const change = changeIn(statement, view, context);
    if (change === null || change.sender >= voterCount) return null;
    used.set(change.sender, change);
  }
  if (used.size < quorumOf(voterCount)) return null;
  const changes = [...used.values()];
  const bodies = changes.map(({ message }) => message);
  const selection = selectLog(bodies, voterCount, sha256);
  if (selection.kind !== "selected") return null;
  const isSame =
    selection.head.op === head.op &&
    bytesEqual(selection.head.hash, head.hash) &&
    selection.commit === commit;
  return isSame ? changes : null;
}

function changeIn(
  statement: Uint8Array,
  view: View,
  { config, configDigest, sha256, open }: CarrierContext,
): CarriedChange | null {
  const said = open(statement);
  if (said === null || said.message.command !== "doViewChange") return null;
  const { header, message } = said;
  if (header.view !== view) return null;
  if (!isWellFormed(message, view, config.pipelineMax, configDigest, sha256)) return null;
  return { sender: header.sender, message, statement };
}
