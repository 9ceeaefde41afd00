/** A gateway's client: joins sessions, reads and what the members say to the port. */
import type {
  Clock,
  Crypto,
  Log,
  PeerId,
  Signer,
  Transport,
  TransportEvents,
} from "@quorate/ports";
import {
  asView,
  type ClusterConfig,
  digestClusterConfig,
  keyIdOf,
  type Message,
  type Note,
  type NoteOf,
  signMessage,
} from "@quorate/protocol";
import {
  type CallOptions,
  type ClusterClient,
  ClusterError,
  type ClusterErrorCode,
  type ClusterHealth,
  type Consistency,
  type Executed,
} from "./cluster-client.ts";
import { healthOf } from "./health.ts";
import { HealthNews } from "./health-news.ts";
import { resendMs, sessionCount, stallMs, tickMs } from "./limits.ts";
import { Members } from "./members.ts";
import { newCall, newRead } from "./new-call.ts";
import { isRequestDue } from "./request-due.ts";
import { NoteReader } from "./note-reader.ts";
import { patienceWithout } from "./patience.ts";
import { VsrSession } from "./vsr-session.ts";
import { type Call, WaitingCalls } from "./waiting-calls.ts";
import { type Read, WaitingReads } from "./waiting-reads.ts";
import { Watchers } from "./watchers.ts";

export interface ClusterClientParts {
  readonly config: ClusterConfig;
  readonly gatewayIndex: number;
  readonly signer: Signer;
  readonly crypto: Crypto;
  readonly clock: Clock;
  readonly log: Log;
  connect(events: TransportEvents): Transport;
}

export function createClusterClient(parts: ClusterClientParts): ClusterClient {
  return new Client(parts);
}

class Client implements ClusterClient, TransportEvents {
  private readonly parts: ClusterClientParts;
  private readonly transport: Transport;
  private readonly members: Members;
  private readonly sessions: readonly VsrSession[];
  private readonly calls = new WaitingCalls();
  private readonly reads: WaitingReads;
  private readonly watchers = new Watchers();
  private readonly notes: NoteReader;
  private readonly news = new HealthNews(() => this.health());
  private readonly place;
  private readonly keyId: Uint8Array;
  private primary: number | null = null;
  private isPumpPlanned = false;
  private cancelTick: () => void = () => undefined;

  constructor(parts: ClusterClientParts) {
    this.parts = parts;
    const { config, crypto, signer } = parts;
    this.keyId = keyIdOf(signer.publicKey, crypto.sha256);
    const configDigest = digestClusterConfig(config, crypto.sha256);
    const { clusterId, epoch } = config;
    this.place = { clusterId, epoch, configDigest, view: asView(0) };
    this.members = new Members(config);
    this.reads = new WaitingReads(parts.clock.wallMicros());
    this.notes = new NoteReader(parts.log);
    this.transport = parts.connect(this);
    const ports = {
      sign: (message: Message) => this.sign(message),
      send: (member: number, packet: Uint8Array) => this.send(member, packet),
      randomBytes: (length: number) => crypto.randomBytes(length),
      nowMs: () => parts.clock.monotonicMs(),
    };
    this.sessions = Array.from({ length: sessionCount }, () => new VsrSession(ports));
  }

  async start(): Promise<void> {
    await this.transport.start();
    this.scheduleTick();
  }

  async stop(): Promise<void> {
    this.cancelTick();
    await this.transport.stop();
    const stopped = (call: Call | Read): void => call.reject(new ClusterError("starting", 1_000));
    this.calls.remove(() => true).forEach(stopped);
    this.reads.remove(() => true).forEach(stopped);
    for (const call of this.sessions.flatMap((session) => session.calls)) {
      this.fail(call, "outcome-unknown");
    }
  }

  execute(operation: Uint8Array, options: CallOptions): Promise<Executed> {
    return new Promise((resolve, reject) => {
      const call = newCall(operation, options, { nowMs: this.nowMs(), resolve, reject });
      if (!this.calls.add(call)) return this.fail(call, "overloaded");
      this.planPump();
    });
  }

  query(
    question: Uint8Array,
    options: CallOptions & { consistency: Consistency },
  ): Promise<Executed> {
    return new Promise((resolve, reject) => {
      const read = newRead(question, options, { nowMs: this.nowMs(), resolve, reject });
      if (!this.reads.add(read)) return this.fail(read, "overloaded");
      this.planPump();
    });
  }

  watch(queue: string, onReady: () => void): () => void {
    return this.watchers.add(queue, onReady);
  }

  health(): ClusterHealth {
    const { clock, crypto } = this.parts;
    const wallMs = Math.floor(clock.wallMicros() / 1_000);
    return healthOf(this.members, { monotonicMs: this.nowMs(), wallMs }, crypto.sha256);
  }

  onHealth(listener: (health: ClusterHealth) => void): () => void {
    return this.news.listen(listener);
  }

  onPacket(from: PeerId, packet: Uint8Array): void {
    if (from.kind !== "replica") return;
    const note = this.notes.read(from.index, packet);
    if (note !== null) this.onNote(from.index, note);
  }

  onLinkUp(peer: PeerId): void {
    this.members.onLink(peer.index, true);
    this.look();
  }

  onLinkDown(peer: PeerId): void {
    this.members.onLink(peer.index, false);
    this.look();
  }

  private onNote(member: number, note: Note): void {
    switch (note.note) {
      case "status":
        this.members.onStatus(member, note, this.nowMs());
        return this.look();
      case "reply":
        return this.onReply(note);
      case "registered":
        if (this.sessions.some((session) => session.onRegistered(note))) this.planPump();
        return;
      case "overloaded":
        for (const call of this.sessions.flatMap((session) => session.onOverloaded(note))) {
          this.fail(call, "overloaded");
        }
        return;
      case "evicted":
        for (const call of this.sessions.flatMap((session) => session.onEvicted(note))) {
          this.fail(call, "outcome-unknown");
        }
        return;
      case "readReply":
        this.reads.onReply(note);
        return;
      case "ready":
        for (const queue of note.queues) this.watchers.wake(queue);
        return;
      case "notPrimary":
      case "readRequest":
        // The members' status says who leads; a request is for replicas.
        return;
    }
  }

  private onReply(note: NoteOf<"reply">): void {
    const coord = { epoch: note.epoch, view: note.view, op: note.op };
    for (const session of this.sessions) {
      const calls = session.onReply(note);
      if (calls === null) continue;
      for (const [index, call] of calls.entries()) {
        const bytes = note.results[index];
        // A reply without this outcome: it was forgotten, or never fitted.
        if (bytes === undefined || bytes.length === 0) this.fail(call, "outcome-unknown");
        else call.resolve({ bytes, coord });
      }
      this.pump();
      return;
    }
  }

  /** Who leads may have changed. */
  private look(): void {
    const primary = this.members.primary(this.nowMs());
    this.news.note();
    if (primary !== this.primary) {
      this.primary = primary;
      this.news.tell(this.nowMs());
      for (const session of this.sessions) session.hurry();
    }
    if (primary !== null) this.planPump();
  }

  /** What arrives in one turn goes out together. */
  private planPump(): void {
    if (this.isPumpPlanned) return;
    this.isPumpPlanned = true;
    this.parts.clock.soon(() => {
      this.isPumpPlanned = false;
      this.pump();
    });
  }

  private pump(): void {
    const { primary } = this;
    this.reads.send(
      (consistency) =>
        consistency === "stale" ? (primary ?? this.members.mostExecuted(this.nowMs())) : primary,
      resendMs,
      this.nowMs(),
      (member, packet) => void this.send(member, packet),
    );
    if (primary === null) return;
    for (const session of this.sessions) {
      session.repeat(primary, resendMs);
      if (!session.isIdle || !isRequestDue(this.calls, this.sessions, this.nowMs())) continue;
      const { batch, gone } = this.calls.takeBatch();
      for (const call of gone) this.fail(call, "overloaded");
      if (batch.length > 0) session.request(batch, primary);
    }
  }

  private scheduleTick(): void {
    const plannedMs = this.nowMs() + tickMs;
    this.cancelTick = this.parts.clock.after(tickMs, () => {
      if (this.nowMs() - plannedMs < stallMs) {
        this.look();
        this.expire();
        this.pump();
        this.news.look(this.nowMs());
      }
      this.scheduleTick();
    });
  }

  /** Who waits in vain is told why, and honestly whether anything may have happened. */
  private expire(): void {
    const nowMs = this.nowMs();
    const patience = patienceWithout(this.members, this.primary, nowMs);
    const waitedTooLong = (call: Call | Read): boolean =>
      !call.isWanted ||
      nowMs >= call.deadlineMs ||
      (patience !== null && nowMs - call.arrivedMs >= patience.waitMs);
    const expired = [...this.calls.remove(waitedTooLong), ...this.reads.remove(waitedTooLong)];
    for (const each of expired) this.fail(each, patience?.code ?? "overloaded");
    for (const call of this.sessions.flatMap((session) => session.giveUp(nowMs))) {
      this.fail(call, "outcome-unknown");
    }
  }

  private fail(call: Pick<Call, "reject">, code: ClusterErrorCode): void {
    call.reject(new ClusterError(code, 1_000));
  }

  private sign(message: Message): Uint8Array {
    const { signer, crypto, gatewayIndex } = this.parts;
    const as = {
      role: "gateway",
      sender: gatewayIndex,
      keyId: this.keyId,
      incarnation: 0,
      sign: (bytes: Uint8Array) => signer.sign(bytes),
    } as const;
    return signMessage(message, this.place, as, crypto.sha256);
  }

  private send(member: number, packet: Uint8Array): boolean {
    return this.transport.send({ kind: "replica", index: member }, packet);
  }

  private nowMs(): number {
    return this.parts.clock.monotonicMs();
  }
}
