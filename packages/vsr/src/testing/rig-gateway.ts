/** A gateway of a rig: signs registrations and requests, and keeps what it is answered. */
import { present, utf8Decode, utf8Encode } from "@quorate/prelude";
import { sha256 } from "@quorate/prelude/testing";
import {
  type AdmissionContext,
  asRequestNumber,
  asView,
  decodeNote,
  type Message,
  type Note,
  type NoteName,
  type NoteOf,
  type SessionId,
  signMessage,
  type StatementSigner,
} from "@quorate/protocol";

export class RigGateway {
  readonly index: number;
  /** Everything that was answered, oldest first. */
  readonly notes: Note[] = [];
  private readonly admission: AdmissionContext;
  private readonly signer: StatementSigner;

  constructor(index: number, admission: AdmissionContext, signer: StatementSigner) {
    this.index = index;
    this.admission = admission;
    this.signer = signer;
  }

  take(packet: Uint8Array): void {
    this.notes.push(decodeNote(packet));
  }

  answers<N extends NoteName>(name: N): readonly NoteOf<N>[] {
    return this.notes.filter((note): note is NoteOf<N> & Note => note.note === name);
  }

  /** The session that was registered last. */
  get session(): SessionId {
    return present(this.answers("registered").at(-1), "a session is registered").session;
  }

  /** The outcomes of every answered request, as texts. */
  get outcomes(): readonly string[] {
    return this.answers("reply").flatMap(({ results }) => results.map((each) => textOf(each)));
  }

  /** What the last read found, as text; null when it was declined. */
  get lastRead(): string | null {
    const { answer } = present(this.answers("readReply").at(-1), "a read was answered");
    return answer === null ? null : textOf(answer);
  }

  register(label: string): Uint8Array {
    return this.sign({ command: "register", nonce: sha256(utf8Encode(label)).slice(0, 16) });
  }

  request(number: number, operations: readonly string[], session: SessionId): Uint8Array {
    return this.sign({
      command: "request",
      session,
      number: asRequestNumber(number),
      operations: operations.map((operation) => utf8Encode(operation)),
    });
  }

  private sign(message: Message): Uint8Array {
    const { config, configDigest } = this.admission;
    const { clusterId, epoch } = config;
    const place = { clusterId, epoch, configDigest, view: asView(0) };
    return signMessage(message, place, this.signer, sha256);
  }
}

function textOf(bytes: Uint8Array): string {
  return present(utf8Decode(bytes), "outcomes are text");
}
