import type { Session } from './session.js';

interface Kept {
  readonly session: Promise<Session>;
  users: number;
}

/** Sessions in use by a training, to be given back at its end. */
export interface Leases {
  /** @param open is called where there is none under this key */
  get(key: string, open: () => Promise<Session>): Promise<Session>;
  /** They may be closed from now on. */
  release(): void;
}

/** Sessions that are kept for the next training of the same model: the least recently used go first. */
export class SessionCache {
  readonly #kept = new Map<string, Kept>();

  /** @param most that are kept while nobody uses them */
  constructor(private readonly most: number) {}

  /** Of those that are open. */
  get size(): number {
    return this.#kept.size;
  }

  lease(): Leases {
    const held = new Map<string, Kept>();
    return {
      get: async (key, open) => {
        const kept = held.get(key) ?? this.#use(key, open);
        held.set(key, kept);
        return kept.session;
      },
      release: () => {
        for (const kept of held.values()) kept.users--;
        held.clear();
        this.#closeUnused();
      },
    };
  }

  #use(key: string, open: () => Promise<Session>): Kept {
    const kept = this.#kept.get(key) ?? { session: open(), users: 0 };
    kept.users++;
    // The last in the order of the map is the one that was used last.
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    kept.session.catch(() => this.#kept.get(key) === kept && this.#kept.delete(key));
    return kept;
  }

  #closeUnused(): void {
    for (const [key, kept] of this.#kept) {
      if (this.#kept.size <= this.most) return;
      if (kept.users > 0) continue;
      this.#kept.delete(key);
      // One that can't be closed is nobody's any more: there is no one to tell.
      kept.session.then((session) => session.close()).catch(() => undefined);
    }
  }
}
