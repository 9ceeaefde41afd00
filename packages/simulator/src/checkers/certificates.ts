/**
 * A commit certificate is the signatures of more than half of the voters under one entry of the
 * log, in one view. Verified here anew: the core's own count may be what is broken.
 */
import { bytesEqual } from "@quorate/prelude";
import { type CertificateContext, commitCertificateFault } from "@quorate/proof";
import { asOp, type CommitCertificate } from "@quorate/protocol";
import type { Replica } from "@quorate/vsr";
import { Violation } from "./violation.ts";

export class Certificates {
  /** The certificate looked at last, by member. */
  private readonly seen: unknown[] = [];

  /** The acting primary looked at last, by member. */
  private readonly acting: unknown[] = [];

  onStep(member: number, replica: Replica): void {
    this.onActing(member, replica);
    const certificate = replica.acting?.certificate ?? null;
    if (certificate === null || this.seen[member] === certificate) return;
    this.seen[member] = certificate;
    judge(certificate, replica.identity.admission);
    const slot = replica.log.slotAt(certificate.op);
    if (slot !== null && !bytesEqual(slot.hash, certificate.headerHash)) {
      throw new Violation("certificates", `the certificate of op ${certificate.op} names another`);
    }
  }
  /** A view begins with no acknowledgement of another one (rule S7). */
  private onActing(member: number, { acting, identity, view, log }: Replica): void {
    if (acting === null || this.acting[member] === acting) return;
    this.acting[member] = acting;
    const { epoch } = identity.admission.config;
    for (const [op, signatures] of acting.acknowledgements) {
      const headerHash = log.positionAt(asOp(op)).hash;
      const counted = [...signatures.values()];
      const claim = { epoch, view, op: asOp(op), headerHash, signatures: counted };
      const fault = commitCertificateFault(claim, identity.admission);
      if (fault === null || fault === "quorum") continue;
      throw new Violation("certificates", `r${member} counts for op ${op} what fails: ${fault}`);
    }
  }
}

function judge(certificate: CommitCertificate, context: CertificateContext): void {
  const { op, signatures } = certificate;
  const fault = commitCertificateFault(certificate, context);
  const signers = new Set(signatures.map(({ sender }) => sender));
  const isMajority = signers.size * 2 > context.config.members.length;
  if (fault === null && isMajority && signers.size === signatures.length) return;
  const why = fault ?? `${signers.size} members`;
  throw new Violation("certificates", `op ${op} is certified by no quorum: ${why}`);
}
