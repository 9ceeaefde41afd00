import type { GroupViewState } from "../group-view.ts";
import type { ModelMessage } from "./model-message.ts";

/** The groups of a queue of the model: the order of each as a list. */
export class ModelGroups {
  protected readonly orders = new Map<string, ModelMessage[]>();
  private readonly frontMax: number;
  /** Dead letters that hold their groups up from outside of their orders. */
  private readonly outside = new Set<ModelMessage>();
  /** The last one that came back from there, by group. */
  private readonly returned = new Map<string, ModelMessage>();

  /** `frontMax`: places of an order in which a dead letter stays. */
  constructor(frontMax: number) {
    this.frontMax = frontMax;
  }

  /** Whether none of the group is leased, waits after a failure, or lies dead and holds it up. */
  isRunnable(group: string | null): boolean {
    if (group === null) return true;
    if ([...this.outside].some((letter) => letter.group === group)) return false;
    return this.orderOf(group).every(({ state }) => state === "ready");
  }

  isHead(message: ModelMessage): boolean {
    return message.group === null || this.orderOf(message.group)[0] === message;
  }

  laterInGroup(message: ModelMessage): readonly ModelMessage[] {
    if (message.group === null) return [];
    const order = this.orderOf(message.group);
    return order.includes(message) ? order.slice(order.indexOf(message) + 1) : [];
  }

  joinGroup(message: ModelMessage): void {
    if (message.group === null) return;
    const order = this.orderOf(message.group);
    if (!order.includes(message)) order.push(message);
  }

  leaveGroup(message: ModelMessage): void {
    if (message.group === null) return;
    this.outside.delete(message);
    const order = this.orderOf(message.group);
    const place = order.indexOf(message);
    if (place < 0) return;
    order.splice(place, 1);
    if (this.returned.get(message.group) !== message) return;
    const before = order[place - 1];
    if (before === undefined) this.returned.delete(message.group);
    else this.returned.set(message.group, before);
  }

  /** A dead letter holds its group up: in its place, or from outside if that is too far behind. */
  holdGroup(message: ModelMessage): void {
    if (message.group === null) return;
    if (this.orderOf(message.group).indexOf(message) < this.frontMax) return;
    this.leaveGroup(message);
    this.outside.add(message);
  }

  /** One that did so from outside is back: behind the front and those that came back before it. */
  rejoinGroup(message: ModelMessage): void {
    if (message.group === null || !this.outside.delete(message)) return;
    const order = this.orderOf(message.group);
    const last = this.returned.get(message.group);
    const place = last === undefined ? -1 : order.indexOf(last);
    const behind = place >= this.frontMax ? place + 1 : this.frontMax;
    order.splice(behind, 0, message);
    this.returned.set(message.group, message);
  }

  /** What the group is, as far as its order says: null if nothing is in it, and nothing holds it up. */
  orderedState(group: string): GroupViewState | null {
    const order = this.orderOf(group);
    const holding = [...order, ...[...this.outside].filter((letter) => letter.group === group)];
    const has = (state: ModelMessage["state"]): boolean =>
      holding.some((message) => message.state === state);
    if (has("leased")) return "locked";
    if (has("dead")) return "dead";
    if (has("scheduled")) return "waiting";
    return order.length > 0 ? "ready" : null;
  }

  /** The first message in the group's order. */
  headOf(group: string): ModelMessage | undefined {
    return this.orderOf(group)[0];
  }

  private orderOf(group: string): ModelMessage[] {
    const known = this.orders.get(group) ?? [];
    this.orders.set(group, known);
    return known;
  }
}
