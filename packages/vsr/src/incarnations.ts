/**
 * Which life of its disk each member is in: rule A6.
 *
 * A disk that is lost takes its promises with it. The entry that readmits its member (rule S11)
 * names the incarnation of the new disk; from then on what the old one said is no longer taken from
 * the member itself. Inside other statements it stays what it was: true.
 */
import type { MemberIncarnation, Op, StatementHeader, View } from "@quorate/protocol";
import { asView } from "@quorate/protocol";
import type { Replica } from "./state.ts";

/**
 * Readmissions of one member within one window; whoever asks for more waits. Each costs the cluster
 * two hand-overs (rule S11), and an honest member needs few: one for each life that ends before it
 * has installed the log.
 */
export const readmissionsPerWindowMax = 8;
/** Length of that window, in microseconds of the entries' time. */
export const readmissionWindowMicros = 60_000_000;

export class Incarnations {
  /** Part of the replicated state: changed by execution alone, on every replica alike. */
  private replicated: MemberIncarnation[];
  /** The newest that this replica knows, durable with its superblock: never older than those. */
  private readonly known: MemberIncarnation[];
  /** Times of each member's last readmissions that this life of the process has executed. */
  private readonly readmittedAt: readonly number[][];

  /** `known` may be empty: then every member is in its first life. */
  constructor(memberCount: number, known: readonly MemberIncarnation[]) {
    const first = { incarnation: 0, view: asView(0) };
    this.replicated = Array.from({ length: memberCount }, () => first);
    this.known = this.replicated.map((each, index) => known[index] ?? each);
    this.readmittedAt = this.replicated.map(() => []);
  }

  of(member: number): number {
    return this.known[member]?.incarnation ?? 0;
  }

  /** The view in which the member's newest readmission was prepared; 0 when there was none. */
  readmittedIn(member: number): View {
    return this.known[member]?.view ?? asView(0);
  }

  /**
   * Whether the member may be readmitted once more now. What a checkpoint has brought is not
   * counted: it says of each member only the last.
   */
  hasRoom(member: number, nowMicros: number): boolean {
    const times = this.readmittedAt[member] ?? [];
    const recent = times.filter((time) => nowMicros - time < readmissionWindowMicros);
    return recent.length < readmissionsPerWindowMax;
  }

  /**
   * An entry of this time (microseconds) that readmits the member is executed; one of an older disk
   * changes nothing.
   */
  readmit(member: number, next: MemberIncarnation, timestampMicros: number): void {
    const before = this.replicated[member];
    if (before === undefined || !isNewer(next, before)) return;
    this.replicated[member] = next;
    this.learn(member, next);
    const times = this.readmittedAt[member];
    times?.push(timestampMicros);
    if (times !== undefined && times.length > readmissionsPerWindowMax) times.shift();
  }

  /** The replicated state is another checkpoint's from now on. */
  replace(replicated: readonly MemberIncarnation[]): void {
    this.replicated = this.replicated.map((before, index) => replicated[index] ?? before);
    for (const [member, each] of this.replicated.entries()) this.learn(member, each);
  }

  /** For a checkpoint. */
  listReplicated(): readonly MemberIncarnation[] {
    return [...this.replicated];
  }

  /** For the superblock. */
  listKnown(): readonly MemberIncarnation[] {
    return [...this.known];
  }

  private learn(member: number, next: MemberIncarnation): void {
    const before = this.known[member];
    if (before !== undefined && isNewer(next, before)) this.known[member] = next;
  }
}

function isNewer(next: MemberIncarnation, before: MemberIncarnation): boolean {
  return next.incarnation >= before.incarnation && next.view >= before.view;
}

/**
 * Whether a member speaks for a disk that this replica has not seen readmitted, though it has
 * executed all that could readmit it: through `op`. Then what it promises counts for nothing, or a
 * liar could say contradictions under as many incarnations as it likes.
 */
export function isStranger(
  { incarnations, executed }: Replica,
  { sender, incarnation }: Pick<StatementHeader, "sender" | "incarnation">,
  op: Op,
): boolean {
  return incarnation > incarnations.of(sender) && executed >= op;
}

/**
 * A newer disk of this very member is known: its key is on two machines, or an old disk has been
 * put back. The others take nothing from this one any more, so it ends instead of misleading.
 */
export function stopIfSuperseded({ identity, incarnations, effects }: Replica): void {
  const { index, signer } = identity;
  const newest = incarnations.of(index);
  if (newest <= signer.incarnation) return;
  const detail = `life ${newest} of this member's disk was readmitted; this one is ${signer.incarnation}`;
  effects.push({ kind: "stop", reason: "disk-superseded", detail });
}
