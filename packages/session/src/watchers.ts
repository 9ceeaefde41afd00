/** Who wants to know when a queue may have something to deliver. */
export class Watchers {
  private readonly byQueue = new Map<string, Set<() => void>>();

  add(queue: string, onReady: () => void): () => void {
    const watchers = this.byQueue.get(queue) ?? new Set();
    this.byQueue.set(queue, watchers);
    watchers.add(onReady);
    return () => {
      watchers.delete(onReady);
      if (watchers.size === 0) this.byQueue.delete(queue);
    };
  }

  wake(queue: string): void {
    const watchers = this.byQueue.get(queue);
    if (watchers === undefined) return;
    // Who is woken may stop watching, or watch again.
    for (const onReady of Array.from(watchers)) onReady();
  }
}
