/** The commit certificates that a replica has been shown lately, one for each op. */
import { bytesConcat, bytesEqual, copyBytes, type Sha256 } from "@quorate/prelude";
import {
  type CertificateSignature,
  type CommitCertificate,
  decodeBody,
  decodeStatementHeader,
  encodeBody,
  encodeStatementHeader,
  splitPacket,
  type StatementHeader,
} from "@quorate/protocol";
import type { Said } from "./contradiction.ts";

/** Ops of which a certificate is remembered: those of which acknowledgements are. */
const certificatesRememberedMax = 512;

interface Carried {
  readonly op: number;
  readonly headerHash: Uint8Array;
  /** What carried it, as bytes of its own. */
  readonly statement: Uint8Array;
}

/** Nothing in it is verified: whoever finds a contradiction in it must do that. */
export class CertificateHistory {
  private readonly carried: (Carried | undefined)[] = [];

  /**
   * Takes notice of a certificate that `said` carries; the one of its op for another entry, if that
   * is what is remembered. The first one that was shown stays.
   */
  onCertificate(said: Said, { op, headerHash }: CommitCertificate): CommitCertificate | null {
    const at = op % certificatesRememberedMax;
    const known = this.carried[at];
    if (known?.op !== op) {
      this.carried[at] = {
        op,
        headerHash: headerHash.slice(),
        statement: copyBytes(said.statement),
      };
      return null;
    }
    return bytesEqual(known.headerHash, headerHash) ? null : certificateIn(known.statement);
  }

  /** The certificate of the op for another entry than this one; null when none was shown. */
  rivalOf(op: number, headerHash: Uint8Array): CommitCertificate | null {
    const known = this.carried[op % certificatesRememberedMax];
    if (known?.op !== op || bytesEqual(known.headerHash, headerHash)) return null;
    return certificateIn(known.statement);
  }

  /** What proved to be no certificate is not remembered. */
  forget(op: number): void {
    this.carried[op % certificatesRememberedMax] = undefined;
  }
}

/**
 * The PrepareOk of which a certificate holds the signature. `around` is the header of a statement
 * of the same cluster and configuration.
 */
export function acknowledgementIn(
  { epoch, view, op, headerHash }: CommitCertificate,
  { sender, keyId, incarnation, signature }: CertificateSignature,
  around: Pick<StatementHeader, "clusterId" | "configDigest">,
  sha256: Sha256,
): Uint8Array {
  const body = encodeBody({ command: "prepareOk", op, headerHash });
  const header = encodeStatementHeader({
    command: "prepareOk",
    clusterId: around.clusterId,
    epoch,
    configDigest: around.configDigest,
    view,
    role: "replica",
    sender,
    keyId,
    incarnation,
    bodyBytes: body.length,
    bodyDigest: sha256(body),
  });
  return bytesConcat(header, signature, body);
}

function certificateIn(statement: Uint8Array): CommitCertificate | null {
  const { command, bodyBytes } = decodeStatementHeader(statement);
  const message = decodeBody(command, splitPacket(statement, bodyBytes).body);
  return message.command === "prepare" || message.command === "commit" ? message.certificate : null;
}
