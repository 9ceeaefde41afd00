/** What the lying gateway writes with its one key: good statements, and any others. */
import type { Signer } from "@quorate/ports";
import { bytesConcat, type Sha256 } from "@quorate/prelude";
import {
  asView,
  type ClusterConfig,
  type Command,
  digestClusterConfig,
  encodeBody,
  encodeStatementHeader,
  keyIdOf,
  type Message,
  type StatementHeader,
} from "@quorate/protocol";

export interface PenParts {
  readonly config: ClusterConfig;
  /** Of the gateway whose key it is. */
  readonly index: number;
  readonly signer: Signer;
  readonly sha256: Sha256;
}

/** What a header says in the place of the truth. */
export type HeaderChanges = Partial<Omit<StatementHeader, "command">>;

export class Pen {
  readonly parts: PenParts;
  private readonly configDigest: Uint8Array;
  private readonly keyId: Uint8Array;

  constructor(parts: PenParts) {
    const { config, signer, sha256 } = parts;
    this.parts = parts;
    this.configDigest = digestClusterConfig(config, sha256);
    this.keyId = keyIdOf(signer.publicKey, sha256);
  }

  /** The statement of an honest gateway, but for the changes of its header. */
  statement(message: Message, changes: HeaderChanges = {}): Uint8Array {
    return this.statementWith(message.command, encodeBody(message), changes);
  }

  /** The same with any bytes for a body. The signature is good, and is over the changed header. */
  statementWith(command: Command, body: Uint8Array, changes: HeaderChanges = {}): Uint8Array {
    const { config, index, signer, sha256 } = this.parts;
    const signed = encodeStatementHeader({
      command,
      clusterId: config.clusterId,
      epoch: config.epoch,
      configDigest: this.configDigest,
      view: asView(0),
      role: "gateway",
      sender: index,
      keyId: this.keyId,
      incarnation: 0,
      bodyBytes: body.length,
      bodyDigest: sha256(body),
      ...changes,
    });
    return bytesConcat(signed, signer.sign(signed), body);
  }
}
