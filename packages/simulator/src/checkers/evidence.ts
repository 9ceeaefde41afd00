/** Evidence proves what it says to anybody, and it never convicts an honest member. */
import type { Crypto } from "@quorate/ports";
import { evidenceName, judgeEvidence } from "@quorate/proof";
import { type ClusterConfig, digestClusterConfig } from "@quorate/protocol";
import { Violation } from "./violation.ts";

export class EvidenceCheck {
  /** Names of what was proved against the liar. */
  readonly convictions = new Set<string>();
  private readonly config: ClusterConfig;
  private readonly crypto: Pick<Crypto, "sha256" | "verify">;
  private readonly liar: number | null;

  /** `liar` is the only member that may be convicted. */
  constructor(
    config: ClusterConfig,
    crypto: Pick<Crypto, "sha256" | "verify">,
    liar: number | null,
  ) {
    this.config = config;
    this.crypto = crypto;
    this.liar = liar;
  }

  /** Throws Violation for a record that a member should not have kept. */
  onKept(keeper: string, name: string, record: Uint8Array): void {
    const { config, crypto } = this;
    const configuration = { config, configDigest: digestClusterConfig(config, crypto.sha256) };
    const verdict = judgeEvidence(record, {
      configurationOf: (epoch) => (epoch === config.epoch ? configuration : null),
      sha256: crypto.sha256,
      verify: (...signature) => crypto.verify(...signature),
    });
    if (!verdict.proven) {
      throw new Violation("evidence", `${keeper} kept ${name}, which is ${verdict.fault}`);
    }
    const proven = evidenceName(verdict.claim);
    if (proven !== name) {
      throw new Violation("evidence", `${keeper} kept ${name}, which proves ${proven}`);
    }
    // Of two members with different states one is wrong, and the record does not say which.
    const isAboutLiar = verdict.claim.member === null || verdict.claim.member === this.liar;
    if (this.liar === null || !isAboutLiar) {
      throw new Violation("false evidence", `${keeper} convicts an honest member: ${name}`);
    }
    this.convictions.add(name);
  }
}
