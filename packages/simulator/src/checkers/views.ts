/** One acting primary in each view, and views that never go back, not even over a restart. */
import type { Replica } from "@quorate/vsr";
import { Violation } from "./violation.ts";

export class Views {
  private readonly newest = new Map<string, { view: number; lastNormalView: number }>();
  private readonly actingIn = new Map<number, string>();

  onStep(member: string, life: string, replica: Replica): void {
    this.compare(member, replica);
    if (replica.acting === null) return;
    const holder = this.actingIn.get(replica.view);
    const self = `${member} ${life}`;
    if (holder === undefined) this.actingIn.set(replica.view, self);
    else if (holder !== self) {
      throw new Violation("views", `${self} acts in view ${replica.view}, as ${holder} did`);
    }
  }

  /** Only durable views count: a view that was not on disk may be forgotten. */
  private compare(member: string, replica: Replica): void {
    const known = this.newest.get(member);
    if (known !== undefined && replica.view < known.view) {
      throw new Violation("views", `${member} went back from view ${known.view}`);
    }
    if (known !== undefined && replica.lastNormalView < known.lastNormalView) {
      throw new Violation("views", `${member} forgot that view ${known.lastNormalView} was normal`);
    }
    if (replica.writing.length > 0) return;
    const { view, lastNormalView } = replica;
    this.newest.set(member, { view, lastNormalView });
  }
}
