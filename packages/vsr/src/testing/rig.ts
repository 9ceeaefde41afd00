/**
 * A cluster for scenario tests: cores that are stepped directly, packets that the test delivers or
 * drops, disks whose writes it completes or loses. Nothing happens unless the test says so.
 *
 * Members are named by their index; the primary of view v is member `v mod n`.
 */
import { assert, present } from "@quorate/prelude";
import { sha256 } from "@quorate/prelude/testing";
import {
  admit,
  type AdmissionContext,
  asView,
  type Message,
  signMessage,
  statementMark,
} from "@quorate/protocol";
import type { Alarm, Effect, IgnoreReason, StopReason } from "../effect.ts";
import type { Input, Peer } from "../input.ts";
import { defaultOptions, type VsrOptions } from "../options.ts";
import type { Replica } from "../state.ts";
import { step } from "../step.ts";
import { InFlight, type Packet, type PacketFilter } from "./in-flight.ts";
import { KeyedSignatures } from "./keyed-signatures.ts";
import type { ListMachine } from "./list-machine.ts";
import { rigAdmission, rigConfig } from "./rig-cluster.ts";
import type { Damage, DiskWork, RigDisk } from "./rig-disk.ts";
import { RigGateway } from "./rig-gateway.ts";
import { RigMember } from "./rig-member.ts";
import { RigWatch } from "./rig-watch.ts";

/** A scenario that is not quiet after so many deliveries and completions goes round in circles. */
const settleStepsMax = 20_000;
/** Longer than any timeout with its back-off. */
const timeOutTicksMax = 2_000;
/** The wall clock of every member, in microseconds; a test may set one ahead. */
const wallMicros = 1_000_000_000;

export interface RigOptions {
  readonly pipelineMax?: number;
  /** So many that most scenarios take no checkpoint. */
  readonly checkpointOps?: number;
  readonly checkpointBytes?: number;
  readonly options?: Partial<VsrOptions>;
}

export class Rig {
  readonly admission: AdmissionContext;
  readonly gateways: readonly RigGateway[];
  readonly network = new InFlight();
  private readonly keys = new KeyedSignatures();
  private readonly members: readonly RigMember[];
  private readonly watch = new RigWatch();
  private readId = 0;

  constructor(voterCount: number, rigOptions: RigOptions = {}) {
    const { pipelineMax = 8, checkpointOps = 1_000, options = {} } = rigOptions;
    const { checkpointBytes = 1_048_576 } = rigOptions;
    const limits = { pipelineMax, checkpointOps, checkpointBytes };
    const config = rigConfig(this.keys, voterCount, limits);
    this.admission = rigAdmission(config, this.keys);
    this.gateways = config.gateways.map((_, index) => {
      return new RigGateway(index, this.admission, this.keys.signerFor("gateway", index));
    });
    const vsrOptions: VsrOptions = { ...defaultOptions, jitterTicks: 0, ...options };
    this.members = config.members.map((_, index) => {
      const signerFor = (life: number) => this.keys.signerFor("replica", index, life);
      return new RigMember({ index, admission: this.admission, signerFor, options: vsrOptions });
    });
    for (const { index } of this.members) this.restart(index);
  }

  // What the members are like.

  /** The core of a member that is up. */
  replica(index: number): Replica {
    return this.member(index).core;
  }

  disk(index: number): RigDisk {
    return this.member(index).disk;
  }

  machine(index: number): ListMachine {
    return this.member(index).machine;
  }

  /** What a member has executed, in order. */
  executed(index: number): readonly string[] {
    return this.machine(index).items;
  }

  ignored(index: number): readonly IgnoreReason[] {
    return this.member(index).ignored;
  }

  alarms(index: number): readonly Alarm[] {
    return this.member(index).alarms;
  }

  stops(index: number): readonly StopReason[] {
    return this.member(index).stops;
  }

  get gateway(): RigGateway {
    return present(this.gateways[0]);
  }

  // Time, crashes, disks.

  tick(index: number, count = 1): void {
    for (let done = 0; done < count; done++) this.step(index, { kind: "tick" });
  }

  /** Every member that is up ticks, and everything settles, `count` times. */
  elapse(count: number): void {
    for (let done = 0; done < count; done++) {
      for (const { index, replica } of this.members) if (replica !== null) this.tick(index);
      this.settle();
    }
  }

  /** Ticks a member until it votes for the next view. */
  timeOut(index: number): void {
    const votes = { from: index, command: "startViewChange" } as const;
    const before = this.network.sent(votes).length;
    for (let ticks = 0; this.network.sent(votes).length === before; ticks++) {
      assert(ticks < timeOutTicksMax, `replica ${index} votes when its timer expires`);
      this.tick(index);
    }
  }

  /** A member loses its memory and every write that has not completed. */
  crash(index: number): void {
    this.member(index).crash();
  }

  /** A member starts from what its disk holds. */
  restart(index: number, damage: Damage = {}): void {
    this.member(index).start(damage);
    this.watch.onStart(index);
  }

  setClockAhead(index: number, micros: number): void {
    this.member(index).aheadMicros = micros;
  }

  // Packets.

  /** Delivers what matches and is on its way now, oldest first; there must be something. */
  deliver(filter: PacketFilter): void {
    const packets = this.network.take(filter);
    assert(packets.length > 0, `something to deliver matches ${JSON.stringify(filter)}`);
    for (const packet of packets) this.hand(packet);
  }

  /** Delivers what matches, and keeps it on its way to be delivered again. */
  duplicate(filter: PacketFilter): void {
    const packets = this.network.waiting(filter);
    assert(packets.length > 0, `something to duplicate matches ${JSON.stringify(filter)}`);
    for (const packet of packets) this.hand(packet);
  }

  /** Loses what matches and is on its way now; there must be something. */
  drop(filter: PacketFilter): void {
    const packets = this.network.take(filter);
    assert(packets.length > 0, `something to drop matches ${JSON.stringify(filter)}`);
  }

  /** Loses everything between a member and the others until `network.heal()`. */
  isolate(index: number): void {
    this.network.cut({ from: index });
    this.network.cut({ to: index });
  }

  /** Loses everything between two members, both ways, until `network.heal()`. */
  cut(one: number, other: number): void {
    this.network.cut({ from: one, to: other });
    this.network.cut({ from: other, to: one });
  }

  /** Hands a member bytes that no honest member has sent. */
  inject(to: number, from: number, bytes: Uint8Array): void {
    this.receive(to, { kind: "replica", index: from }, bytes);
  }

  /** A statement signed with a member's key, whatever that member thinks of it. */
  sign(index: number, view: number, message: Message, incarnation = 0): Uint8Array {
    const { config, configDigest } = this.admission;
    const { clusterId, epoch } = config;
    const place = { clusterId, epoch, configDigest, view: asView(view) };
    const signer = this.keys.signerFor("replica", index, incarnation);
    return signMessage(message, place, signer, sha256);
  }

  /** Delivers and completes everything that nothing holds back, until all is quiet. */
  settle(): void {
    for (let steps = 0; this.advance(); steps++) {
      assert(steps < settleStepsMax, "the scenario comes to rest");
    }
  }

  /** Completes a member's oldest disk work of a kind; there must be one. */
  complete(index: number, kind: DiskWork): void {
    const input = present(this.disk(index).completeNext(kind), `there is a ${kind} to complete`);
    this.step(index, input);
  }

  /** Completes all disk work of a member that nothing holds back. */
  completeAll(index: number): void {
    const { disk } = this.member(index);
    for (let next = disk.completeNext(); next !== null; next = disk.completeNext()) {
      this.step(index, next);
    }
  }

  // Clients.

  /** A statement of a gateway arrives at a member. */
  ask(to: number, statement: Uint8Array, gateway = 0): void {
    this.receive(to, { kind: "gateway", index: gateway }, statement);
  }

  /** The read of a gateway arrives at a member; the answer is in its `lastRead`. */
  read(to: number, consistency: "linearizable" | "stale" = "linearizable", gateway = 0): void {
    this.readId += 1;
    const question = new Uint8Array(0);
    const request = { note: "readRequest", readId: this.readId, consistency, question } as const;
    this.step(to, { kind: "read", from: { kind: "gateway", index: gateway }, request });
  }

  step(index: number, input: Input): void {
    const member = this.member(index);
    const replica = this.replica(index);
    for (const effect of step(replica, input, wallMicros + member.aheadMicros)) {
      this.perform(member, effect);
    }
    this.watch.onStep(index, replica);
  }

  private advance(): boolean {
    for (const { index, disk, replica } of this.members) {
      const input = replica === null ? null : disk.completeNext();
      if (input === null) continue;
      this.step(index, input);
      return true;
    }
    const packet = this.network.takeNext();
    if (packet !== null) this.hand(packet);
    return packet !== null;
  }

  private hand({ from, to, bytes }: Packet): void {
    if (this.member(to).replica === null) return;
    this.receive(to, { kind: "replica", index: from }, bytes);
  }

  /** Admission as a host does it, with rule A5: a link carries its peer's own statements. */
  private receive(to: number, from: Peer, bytes: Uint8Array): void {
    const admission = admit(bytes, this.replica(to).identity.admission);
    if (!admission.ok) return void this.member(to).refused.push(admission.reason);
    const { role, sender } = admission.admitted.header;
    assert(role === from.kind && sender === from.index, "A5: the signer is the link's peer");
    this.step(to, { kind: "statement", from, admitted: admission.admitted });
  }

  private perform(member: RigMember, effect: Effect): void {
    switch (effect.kind) {
      case "send":
        return this.send(member, effect.to, effect.packet);
      case "append":
      case "repair":
      case "write-superblock":
      case "read":
      case "write-blocks":
      case "read-blocks":
        return member.disk.accept(effect);
      case "retain-blocks":
        return member.disk.retain(effect.stateRoots);
      case "stop":
        return void member.stops.push(effect.reason);
      case "ignore":
        return void member.ignored.push(effect.reason);
      case "alarm":
        return void member.alarms.push(effect.alarm);
      case "hint":
      case "executed":
        return;
    }
  }

  private send(member: RigMember, to: Peer, bytes: Uint8Array): void {
    if (to.kind === "gateway") return present(this.gateways[to.index]).take(bytes);
    assert(bytes[0] === statementMark, "members tell each other statements");
    this.watch.onSend(this.network.send(member.index, to.index, bytes), member.disk);
  }

  member(index: number): RigMember {
    return present(this.members[index], `the cluster has a replica ${index}`);
  }
}
