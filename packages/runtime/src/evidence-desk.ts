/**
 * What becomes of contradictions among the statements that a replica receives: counted, logged,
 * kept. The core knows nothing of it, and nothing here changes what the core decides.
 */
import type { EvidenceStore, Log, Metrics } from "@quorate/ports";
import {
  aboutNamedEvidence,
  commitCertificateFault,
  encodeEvidence,
  type EvidenceClaim,
  type EvidenceContext,
  evidenceName,
  EvidenceWatch,
  type FoundEvidence,
  isFounded,
  openStatement,
} from "@quorate/proof";
import { type AdmissionContext, type Admitted } from "@quorate/protocol";

/** Where evidence goes. */
export interface EvidencePorts {
  readonly evidence: EvidenceStore;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** Records kept of one kind and member: one convicts, and a liar must not fill the store. */
const recordsPerKindAndMemberMax = 4;

/** See the file. One for each life of a replica. */
export class EvidenceDesk {
  private readonly ports: EvidencePorts;
  private readonly admission: AdmissionContext;
  private readonly watch: EvidenceWatch;
  private readonly names = new Set<string>();
  private readonly counts = new Map<string, number>();

  /**
   * `kept` are the names of what earlier lives have kept: it is counted again, so that nobody
   * misses it.
   */
  constructor(ports: EvidencePorts, admission: AdmissionContext, kept: readonly string[]) {
    this.ports = ports;
    this.admission = admission;
    const context: EvidenceContext = {
      ...admission,
      configurationOf: (epoch) => (epoch === admission.config.epoch ? admission : null),
    };
    this.watch = new EvidenceWatch({
      sha256: admission.sha256,
      incarnationOf: (member) => admission.incarnationOf(member),
      open: (statement) => {
        const said = openStatement(statement, context);
        return typeof said === "string" ? null : said;
      },
      isGood: (certificate) => commitCertificateFault(certificate, admission) === null,
      isFounded: (said, message) => isFounded(said, message, context),
    });
    for (const name of kept) {
      const about = aboutNamedEvidence(name);
      if (about === null) continue;
      this.names.add(name);
      this.count(about);
    }
  }

  /** Looks at a statement that was admitted. */
  onAdmitted(admitted: Admitted): void {
    for (const found of this.watch.observe(admitted)) this.onFound(found);
  }

  private onFound({ claim, evidence }: FoundEvidence): void {
    const name = evidenceName(claim);
    if (this.names.has(name)) return;
    const count = this.count(claim);
    if (count > recordsPerKindAndMemberMax) return;
    this.names.add(name);
    const { log } = this.ports;
    const member = this.nameOf(claim.member);
    log.error("contradictory statements", { evidence: name, kind: claim.kind, member });
    this.ports.evidence.keep(name, encodeEvidence(evidence), () => {
      log.info("evidence kept", { evidence: name });
    });
  }

  private count({ kind, member }: Pick<EvidenceClaim, "kind" | "member">): number {
    const labels = { kind, member: this.nameOf(member) };
    this.ports.metrics.count("quorate_evidence_total", labels);
    const key = `${labels.kind} ${labels.member}`;
    const count = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, count);
    return count;
  }

  /** The member's id, as operators know it; `none` where no single member is to blame. */
  private nameOf(member: number | null): string {
    if (member === null) return "none";
    return this.admission.config.members[member]?.id ?? `member-${member}`;
  }
}
