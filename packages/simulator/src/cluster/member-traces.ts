/** One line of the trace whenever a member's view, status or log has moved on. */
import type { Replica } from "@quorate/vsr";
import type { World } from "../world/world.ts";

const facts = 11;
const statuses = ["normal", "view-change", "recovering"] as const;
const loads = ["open", "transfer"] as const;
const purposes = ["start", "follow", "catch-up", "recover", "readmit", "scrub", "reopen"] as const;

export class MemberTraces {
  private readonly world: World;
  /** What was shown last: `facts` numbers for each member. */
  private readonly shown: number[] = [];

  constructor(world: World) {
    this.world = world;
  }

  onStep(index: number, replica: Replica): void {
    const { view, lastNormalView, status, acting, executed, commit, log, fetch } = replica;
    const { load, checkpoints } = replica;
    const role = acting === null ? statuses.indexOf(status) : statuses.length;
    const fetching = fetch === null ? 0 : 1 + purposes.indexOf(fetch.purpose);
    const at = index * facts;
    let isNew = this.shows(at, view);
    isNew = this.shows(at + 1, lastNormalView) || isNew;
    isNew = this.shows(at + 2, role) || isNew;
    isNew = this.shows(at + 3, fetching) || isNew;
    isNew = this.shows(at + 4, log.headOp) || isNew;
    isNew = this.shows(at + 5, log.storedOp) || isNew;
    isNew = this.shows(at + 6, commit) || isNew;
    isNew = this.shows(at + 7, executed) || isNew;
    isNew = this.shows(at + 8, log.base.op) || isNew;
    isNew = this.shows(at + 9, checkpoints.at(-1)?.op ?? 0) || isNew;
    isNew = this.shows(at + 10, load === null ? 0 : 1 + loads.indexOf(load.purpose)) || isNew;
    if (!isNew) return;
    const { world } = this;
    world.trace.count(world.nowMicros);
    for (let fact = at; fact < at + facts; fact++) world.trace.count(this.shown[fact] ?? 0);
    if (!world.trace.isRead) return;
    const word = acting === null ? status : "primary";
    const what = fetch === null ? word : `${word}+${fetch.purpose}`;
    const ops = `head ${log.headOp} stored ${log.storedOp} commit ${commit} executed ${executed}`;
    const below = `base ${log.base.op} checkpoint ${checkpoints.at(-1)?.op ?? "none"}`;
    const loading = load === null ? "" : ` ${load.purpose} ${load.checkpoint.op}`;
    const place = `view ${view}/${lastNormalView} ${ops} ${below}${loading}`;
    world.trace.line(world.nowMicros, `r${index}`, what, place);
  }

  /** Whether the fact is new; keeps it. */
  private shows(at: number, value: number): boolean {
    if (this.shown[at] === value) return false;
    this.shown[at] = value;
    return true;
  }
}
