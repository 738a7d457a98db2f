/** Lets one wait until time is over or someone wakes it, whichever is first. */
export class Alarm {
  #wake: () => void = () => undefined;
  #rung = false;

  /** @param seconds Infinity: until it is woken */
  async wait(seconds: number): Promise<void> {
    if (!this.#rung)
      await new Promise<void>((resolve) => {
        // A timer can't wait for longer than 24 days; whoever is woken looks again.
        const timer = setTimeout(resolve, Math.min(seconds, 86_400) * 1000);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    this.#rung = false;
    this.#wake = () => undefined;
  }

  /** Who waits goes on; where nobody does, whoever is next does not wait. */
  ring(): void {
    this.#rung = true;
    this.#wake();
  }
}
