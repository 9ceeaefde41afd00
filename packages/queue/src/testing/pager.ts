import { type Prng, utf8Decode } from "@quorate/prelude";
import { expect } from "vitest";
import type { ListingPlace } from "../browse-question.ts";
import type { GroupView } from "../group-view.ts";
import { type MessageView, messageViewStates } from "../message-view.ts";
import { hashOf, type MachineDriver } from "./machine-driver.ts";
import { modelGroup, modelListing, type ModelView } from "./model-listing.ts";
import type { ModelQueue } from "./model-queue.ts";

const groups = ["g0", "g1", "g2", "g3"] as const;
/** Dedup ids that random operations draw from. */
const dedupIds = 25;

/**
 * Pages through a queue while it changes, a page now and then, and compares what it saw with the
 * model: what was there all the time was shown once, nothing was shown twice.
 */
export class Pager {
  private readonly driver: MachineDriver;
  private readonly prng: Prng;
  private readonly queue: string;
  private readonly queues: ReadonlyMap<string, ModelQueue>;
  /** The queue that is paged through; null when there was none of that name. */
  private model: ModelQueue | null = null;
  private group: string | null = null;
  private after: ListingPlace | null = null;
  private shown: number[] = [];
  private stayed: number[] = [];

  constructor(
    driver: MachineDriver,
    prng: Prng,
    queue: string,
    queues: ReadonlyMap<string, ModelQueue>,
  ) {
    this.driver = driver;
    this.prng = prng;
    this.queue = queue;
    this.queues = queues;
    this.begin();
  }

  /** Looks at what is there now, and at the next page. */
  step(): void {
    // A queue that was made again in the meantime is another one.
    if (this.model === null || this.queues.get(this.queue) !== this.model) return this.begin();
    const here = new Set(this.matching().map(({ seq }) => seq));
    this.stayed = this.stayed.filter((seq) => here.has(seq));
    const { entries, next } = this.driver.list({
      queue: this.queue,
      groupHash: this.group === null ? null : hashOf(this.group),
      after: this.after,
      limit: this.prng.between(1, 5),
    });
    this.shown.push(...entries.map(({ seq }) => seq));
    this.after = next;
    if (next !== null) return;
    expect(this.shown).toEqual([...new Set(this.shown)].toSorted((a, b) => a - b));
    expect(this.shown).toEqual(expect.arrayContaining(this.stayed));
    this.begin();
  }

  /** Compares a listing of one state with the model, and one of its messages. */
  compare(): void {
    const { driver, prng, queue } = this;
    const model = this.queues.get(queue);
    if (model === undefined) return;
    const state = prng.pick(messageViewStates);
    const expected = modelListing(model).filter((view) => view.state === state);
    const { entries } = driver.list({ queue, state });
    expect(entries.map(plain)).toEqual(expected.slice(0, 100).map(withoutGroup));
    this.compareGroups(model);
    this.compareId(model);
    const [view] = expected;
    if (view === undefined) return;
    const found = driver.find(view.message, queue);
    expect(typeof found === "object" && found.seq).toBe(view.seq);
  }

  private compareGroups(model: ModelQueue): void {
    const shown = this.driver.listGroups({ queue: this.queue }).entries;
    const expected = groups.map((group) => modelGroup(model, hashOf(group).join()));
    const told = groups.map((group) => shown.find(({ groupId }) => utf8Decode(groupId) === group));
    expect(told.map((view) => view && plainGroup(view))).toEqual(
      expected.map((view) => view ?? undefined),
    );
    expect(shown.length).toBe(expected.filter((view) => view !== null).length);
  }

  // A listing by dedup id shows the message that has it, as long as both are remembered.
  private compareId(model: ModelQueue): void {
    const dedupHash = hashOf(`d${this.prng.below(dedupIds)}`);
    const seq = model.ids.get(dedupHash.join())?.result.seq;
    const expected = seq !== undefined && model.messages.has(seq) ? [seq] : [];
    const { entries } = this.driver.list({ queue: this.queue, dedupHash });
    expect(entries.map((entry) => entry.seq)).toEqual(expected);
  }

  private begin(): void {
    this.model = this.queues.get(this.queue) ?? null;
    this.group = this.prng.chance(0.6) ? this.prng.pick(groups) : null;
    this.after = null;
    this.shown = [];
    this.stayed = this.matching().map(({ seq }) => seq);
  }

  private matching(): readonly ModelView[] {
    const group = this.group === null ? null : hashOf(this.group).join();
    return (this.model === null ? [] : modelListing(this.model)).filter(
      (view) => group === null || view.group === group,
    );
  }
}

function withoutGroup(view: ModelView): unknown {
  const { group: _, ...rest } = view;
  return rest;
}

function plain(view: MessageView): unknown {
  const { message, seq, state, priority, enqueuedAtMs, dueAtMs, expiresAtMs } = view;
  const { deliveries, failures, redrives, lease, dead } = view;
  const fence = lease?.fence ?? null;
  const times = { enqueuedAtMs, dueAtMs, expiresAtMs };
  return { message, seq, state, priority, ...times, deliveries, failures, redrives, fence, dead };
}

function plainGroup({ state, waiting, head }: GroupView): unknown {
  return { state, waiting, head };
}
