/** Tells listeners how the cluster does: at once when the primary changes, else at an even pace. */
import type { ClusterHealth } from "./cluster-client.ts";
import { healthMs } from "./limits.ts";

export class HealthNews {
  private readonly listeners = new Set<(health: ClusterHealth) => void>();
  private readonly now: () => ClusterHealth;
  private toldMs = -Infinity;
  private isNew = false;

  constructor(now: () => ClusterHealth) {
    this.now = now;
  }

  listen(listener: (health: ClusterHealth) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Something was heard; it is told with the next look. */
  note(): void {
    this.isNew = true;
  }

  look(nowMs: number): void {
    if (this.isNew && nowMs - this.toldMs >= healthMs) this.tell(nowMs);
  }

  tell(nowMs: number): void {
    this.isNew = false;
    this.toldMs = nowMs;
    if (this.listeners.size === 0) return;
    const health = this.now();
    for (const listener of this.listeners) listener(health);
  }
}
