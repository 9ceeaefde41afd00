/** Wakes whoever waits for a change of something that it then looks at itself. */
export class Bell {
  #waiting: (() => void)[] = [];

  /** Returns at the next ring. */
  rung(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Wakes all who wait now. */
  ring(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}
