/**
 * Makes strikes happen: a member says what one of them waits for, and it, the member that it speaks
 * to or the acting primary is harmed at that instant. What needs a fault between two messages is
 * rare among faults that come by the clock, and likely here.
 *
 * Disks are lost and rot within the same limits as by every other fault.
 */
import type { Prng } from "@quorate/prelude";
import { decodeStatementHeader, statementMark } from "@quorate/protocol";
import type { PeerId } from "@quorate/ports";
import type { PathState } from "../network/sim-network.ts";
import type { SimReplica } from "../cluster/sim-replica.ts";
import type { DiskFaults } from "./disk-faults.ts";
import type { FaultPlace } from "./fault-place.ts";
import type { LostDisks } from "./lost-disks.ts";
import { type Harm, kindOfHarm, type Strike, textOfStrike } from "./strike-kinds.ts";

/** Paths are cut, and members stopped, for about so long, in microseconds. */
const cutMeanMicros = 900_000;
const pauseMeanMicros = 900_000;
/** A process dies so soon after it has spoken, at the latest, in microseconds. */
const deathDelayMicrosMax = 300;

export interface StrikesParts {
  readonly place: FaultPlace;
  readonly disks: DiskFaults;
  readonly lostDisks: LostDisks;
  readonly strikes: readonly Strike[];
  readonly prng: Prng;
  /** The next strike's turn has come: whether it happens. */
  mayHappen(): boolean;
}

/** A moment at which something is said. */
interface Moment {
  readonly sender: SimReplica;
  readonly receiver: SimReplica;
}

export class Strikes {
  private readonly parts: StrikesParts;
  /** A broadcast is one moment, and its bytes are the same for all. */
  private last: Uint8Array | null = null;

  constructor(parts: StrikesParts) {
    this.parts = parts;
  }

  /** A packet of a member's core is about to leave. */
  onSend(sender: SimReplica, to: PeerId, packet: Uint8Array): void {
    const { strikes, place } = this.parts;
    if (strikes.length === 0 || packet === this.last || packet[0] !== statementMark) return;
    const receiver = to.kind === "replica" ? place.cluster.members[to.index] : undefined;
    if (receiver === undefined) return;
    this.last = packet;
    const { command } = decodeStatementHeader(packet);
    for (const strike of strikes) {
      if (strike.at === command) this.consider(strike, { sender, receiver });
    }
  }

  private consider(strike: Strike, moment: Moment): void {
    const { prng, place } = this.parts;
    if (strike.isLed === true && this.primary() === null) return;
    // Of its own chance, so that a strike which is left out changes no later one.
    const own = prng.fork();
    if (own.below(strike.oneIn) !== 0 || !this.parts.mayHappen()) return;
    place.world.fault(moment.sender.name, "strike", textOfStrike(strike));
    for (const harm of strike.harms) this.inflict(harm, moment, own);
  }

  private inflict(harm: Harm, moment: Moment, prng: Prng): void {
    const victim = this.victimOf(harm, moment);
    if (victim === null) return;
    const others = this.parts.place.cluster.members.filter((member) => member !== victim);
    const [heard, ...unheard] = prng.shuffle(others);
    switch (kindOfHarm(harm)) {
      case "crash":
        return this.soon(prng, () => victim.crash("crash", prng.chance(0.5)));
      case "lose-disk":
        return this.soon(prng, () => this.parts.lostDisks.loseThat(victim, prng.chance(0.5)));
      case "rot":
        return this.parts.disks.rotNewest(victim, prng);
      case "pause":
        return this.soon(prng, () => this.pause(victim, prng));
      case "mute":
        return this.hold([victim], others, "blocked", prng);
      case "deafen":
        return this.hold(others, [victim], "blocked", prng);
      case "isolate":
        this.hold([victim], others, "blocked", prng);
        return this.hold(others, [victim], "blocked", prng);
      case "clog":
        return this.hold([victim], others, "clogged", prng);
      case "lag":
        return this.hold(others, [victim], "clogged", prng);
      case "whisper":
        return heard === undefined ? undefined : this.hold([victim], unheard, "blocked", prng);
      case "part": {
        const other = victim === moment.sender ? moment.receiver : moment.sender;
        return this.hold([victim, other], [victim, other], "blocked", prng);
      }
      case "desert":
        return this.desert(victim, others, prng);
    }
  }

  private desert(victim: SimReplica, others: readonly SimReplica[], prng: Prng): void {
    const { world, cluster } = this.parts.place;
    const { network, clients } = cluster;
    const micros = prng.exponential(cutMeanMicros);
    for (const { index } of others) network.halfOpen(linkOf(index), linkOf(victim.index), micros);
    for (const index of clients.keys()) {
      const gateway: PeerId = { kind: "gateway", index };
      if (prng.chance(0.5)) {
        network.halfOpen(gateway, linkOf(victim.index), micros);
        continue;
      }
      for (const other of others) network.setPath(linkOf(other.index), gateway, "blocked");
      world.after(micros, () => {
        for (const other of others) network.setPath(linkOf(other.index), gateway, "open");
      });
    }
  }

  private victimOf(harm: Harm, { sender, receiver }: Moment): SimReplica | null {
    if (harm.endsWith(" receiver")) return receiver;
    return harm.endsWith(" primary") ? this.primary() : sender;
  }

  /** The newest, if several take themselves for it. */
  private primary(): SimReplica | null {
    const { members } = this.parts.place.cluster;
    const acting = members.filter(({ replica }) => replica?.acting != null);
    const newestFirst = acting.toSorted((a, b) => viewOf(b) - viewOf(a));
    return newestFirst[0] ?? null;
  }

  /** After the member has done what it is at. */
  private soon(prng: Prng, happen: () => void): void {
    this.parts.place.world.after(prng.between(1, deathDelayMicrosMax), happen);
  }

  private pause(victim: SimReplica, prng: Prng): void {
    if (!victim.isUp || victim.isPaused) return;
    victim.pause();
    this.parts.place.world.after(prng.exponential(pauseMeanMicros), () => victim.resume());
  }

  private hold(
    from: readonly SimReplica[],
    to: readonly SimReplica[],
    state: PathState,
    prng: Prng,
  ): void {
    const { world, cluster } = this.parts.place;
    const set = (next: PathState): void => {
      for (const { index: left } of from) {
        for (const { index: right } of to) {
          cluster.network.setPath(linkOf(left), linkOf(right), next);
        }
      }
    };
    set(state);
    world.after(prng.exponential(cutMeanMicros), () => set("open"));
  }
}

function viewOf({ replica }: SimReplica): number {
  return replica?.view ?? 0;
}

function linkOf(index: number): PeerId {
  return { kind: "replica", index };
}
