/** A commit certificate is a quorum of distinct voters that name one entry of the log. */
import { bytesEqual } from "@quorate/prelude";
import { quorumOf, type Replica } from "@quorate/vsr";
import { Violation } from "./violation.ts";

export class Certificates {
  /** The certificate looked at last, by member. */
  private readonly seen: unknown[] = [];

  onStep(member: number, replica: Replica): void {
    const certificate = replica.acting?.certificate ?? null;
    if (certificate === null || this.seen[member] === certificate) return;
    this.seen[member] = certificate;
    const { voterCount } = replica.identity;
    const voters = new Set(certificate.signatures.map(({ sender }) => sender));
    const isQuorum =
      voters.size === certificate.signatures.length &&
      voters.size >= quorumOf(voterCount) &&
      [...voters].every((sender) => sender < voterCount);
    if (!isQuorum) {
      throw new Violation("certificates", `op ${certificate.op} is certified by no quorum`);
    }
    const slot = replica.log.slotAt(certificate.op);
    if (slot !== null && !bytesEqual(slot.hash, certificate.headerHash)) {
      throw new Violation("certificates", `the certificate of op ${certificate.op} names another`);
    }
  }
}
