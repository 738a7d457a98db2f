import { timing } from '../hub/names.js';
import type { Here } from '../messages.js';

/** Who takes part, by what workers say of themselves. */
export class RollCall {
  readonly #heard = new Map<string, { readonly parallel: number; at: number }>();
  readonly #refused = new Set<string>();
  #waiting: (() => void)[] = [];

  constructor(private readonly say: (words: string) => void) {}

  get workers(): number {
    return this.#heard.size;
  }

  /** How many clients all of them together train at once. */
  get clientsAtOnce(): number {
    return [...this.#heard.values()].reduce((sum, { parallel }) => sum + parallel, 0);
  }

  hear({ id, parallel, refuses }: Here): void {
    if (refuses !== undefined) {
      if (!this.#refused.has(id)) this.say(`worker ${id} takes no part: ${refuses}`);
      this.#refused.add(id);
      return;
    }
    const known = this.#heard.get(id);
    if (known) {
      known.at = performance.now();
      return;
    }
    this.#heard.set(id, { parallel, at: performance.now() });
    this.say(`worker ${id} is there: ${this.#standing()}`);
    for (const resolve of this.#waiting) resolve();
    this.#waiting = [];
  }

  /** Forgets who was not heard for long. */
  look(): void {
    for (const [id, { at }] of this.#heard) {
      if (performance.now() - at < timing.goneMs) continue;
      this.#heard.delete(id);
      this.say(`worker ${id} is gone: ${this.#standing()}`);
    }
  }

  /** Until there is a worker. */
  first(): Promise<void> {
    return this.workers > 0 ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
  }

  #standing(): string {
    if (this.workers === 0) return 'waiting for another one';
    const clients = this.clientsAtOnce;
    return `${this.workers} take${this.workers === 1 ? 's' : ''} part, ${clients} client${clients === 1 ? '' : 's'} at once`;
  }
}
