/** One member of a rig: a core that can crash, and the disk that it starts from again. */
import { present, Prng, utf8Encode } from "@quorate/prelude";
import { sha256 } from "@quorate/prelude/testing";
import type { AdmissionContext, RejectReason, StatementSigner } from "@quorate/protocol";
import { createReplica, firstSuperblock } from "../create.ts";
import type { Alarm, IgnoreReason, StopReason } from "../effect.ts";
import { lostSuperblock } from "../lost-disk.ts";
import type { VsrOptions } from "../options.ts";
import type { Replica } from "../state.ts";
import { ListMachine } from "./list-machine.ts";
import { type Damage, RigDisk } from "./rig-disk.ts";

export interface RigMemberParts {
  readonly index: number;
  readonly admission: AdmissionContext;
  /** The member's key, naming a life of its disk. */
  readonly signerFor: (incarnation: number) => StatementSigner;
  readonly options: VsrOptions;
}

export class RigMember {
  readonly index: number;
  disk: RigDisk;
  /** Null while it is down. */
  replica: Replica | null = null;
  machine = new ListMachine();
  /** Why messages had no effect, oldest first. */
  readonly ignored: IgnoreReason[] = [];
  readonly alarms: Alarm[] = [];
  readonly stops: StopReason[] = [];
  /** Why packets were refused at admission. */
  readonly refused: RejectReason[] = [];
  /** How far its wall clock is ahead of the others, in microseconds. */
  aheadMicros = 0;
  private readonly parts: RigMemberParts;

  constructor(parts: RigMemberParts) {
    this.parts = parts;
    this.index = parts.index;
    this.disk = new RigDisk(firstSuperblock(parts.admission, parts.index));
  }

  /** The core, which must be up. */
  get core(): Replica {
    return present(this.replica, `replica ${this.index} is up`);
  }

  /** Its memory is gone, and every write that has not completed. */
  crash(): void {
    this.replica = null;
    this.disk.crash();
  }

  /** Its disk is gone; a new one is put in its place. */
  loseDisk(wallMs: number): void {
    this.crash();
    this.disk = new RigDisk(lostSuperblock(this.parts.admission, this.index, wallMs));
  }

  start(damage: Damage): void {
    this.crash();
    const { superblock, entries } = this.disk.open(damage);
    const life = utf8Encode(`boot ${superblock.boot} of ${this.index}`);
    this.machine = new ListMachine();
    this.replica = createReplica({
      ...this.parts,
      signer: this.parts.signerFor(superblock.incarnation),
      superblock,
      entries,
      stateMachine: this.machine,
      prng: new Prng(this.index),
      bootSecret: sha256(life),
      bootNonce: sha256(sha256(life)).slice(0, 16),
    });
  }
}
