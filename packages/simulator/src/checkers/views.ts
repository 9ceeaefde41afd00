/** One acting primary in each view, and views that never go back, not even over a restart. */
import type { Replica } from "@quorate/vsr";
import { Violation } from "./violation.ts";

interface Acting {
  readonly member: number;
  readonly boot: number;
}

export class Views {
  /** Newest durable views, by member. */
  private readonly newest: { view: number; lastNormalView: number }[] = [];
  private readonly actingIn = new Map<number, Acting>();

  onStep(member: number, replica: Replica): void {
    this.compare(member, replica);
    if (replica.acting === null) return;
    const { boot } = replica.identity;
    const holder = this.actingIn.get(replica.view);
    if (holder === undefined) this.actingIn.set(replica.view, { member, boot });
    else if (holder.member !== member || holder.boot !== boot) {
      throw new Violation(
        "views",
        `r${member} in life ${boot} acts in view ${replica.view}, as r${holder.member} did in life ${holder.boot}`,
      );
    }
  }

  /** The member has lost its disk, and with it its views. */
  forget(member: number): void {
    this.newest[member] = { view: 0, lastNormalView: 0 };
  }

  /** Only durable views count: a view that was not on disk may be forgotten. */
  private compare(member: number, replica: Replica): void {
    const { view, lastNormalView } = replica;
    const known = this.newest[member] ?? { view: 0, lastNormalView: 0 };
    this.newest[member] = known;
    if (view < known.view) {
      throw new Violation("views", `r${member} went back from view ${known.view}`);
    }
    if (lastNormalView < known.lastNormalView) {
      throw new Violation(
        "views",
        `r${member} forgot that view ${known.lastNormalView} was normal`,
      );
    }
    // A member that recovers moves its view on disk together with its log, and not before (S5).
    if (replica.writing.length > 0 || replica.status === "recovering") return;
    known.view = view;
    known.lastNormalView = lastNormalView;
  }
}
