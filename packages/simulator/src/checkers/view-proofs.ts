/**
 * Nobody is in a view that a quorum of members has not voted for, and everybody can show the votes
 * (rule L1). Verified here anew, with arithmetic of its own: the core's may be what is broken.
 */
import { type ClusterConfig, decodeStatementHeader, splitPacket } from "@quorate/protocol";
import type { Replica } from "@quorate/vsr";
import { Violation } from "./violation.ts";

type Verify = (publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array) => boolean;

export class ViewProofs {
  private readonly config: ClusterConfig;
  private readonly verify: Verify;
  /** The proof looked at last, by member. */
  private readonly seen: unknown[] = [];

  constructor(config: ClusterConfig, verify: Verify) {
    this.config = config;
    this.verify = verify;
  }

  onStep(member: number, replica: Replica): void {
    const { view, viewProof } = replica;
    if (view === 0 || this.seen[member] === viewProof) return;
    this.seen[member] = viewProof;
    const voters = new Set(viewProof.map((statement) => this.voterOf(statement, view)));
    voters.delete(null);
    if (voters.size * 2 > this.config.members.length) return;
    throw new Violation("view proofs", `${voters.size} members want r${member} in view ${view}`);
  }

  /** Null unless the statement is a vote for the view, signed by the member that it names. */
  private voterOf(statement: Uint8Array, view: number): number | null {
    const header = decodeStatementHeader(statement);
    const { signed, signature } = splitPacket(statement, header.bodyBytes);
    const publicKey = this.config.members[header.sender]?.publicKey;
    const isVote = header.command === "startViewChange" && header.view === view;
    if (!isVote || publicKey === undefined) return null;
    return this.verify(publicKey, signed, signature) ? header.sender : null;
  }
}
