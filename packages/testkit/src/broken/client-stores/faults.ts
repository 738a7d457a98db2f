import { decodeCheckpoint, encodeCheckpoint, type ClientStateKey, type ClientStore, type State } from '@fedward/core';
import type { ClientStoreTrial } from '../../client-store.js';
import type { Broken } from '../expect.js';

type Trial = () => Promise<ClientStoreTrial>;
type Kept = Map<string, Map<number, Uint8Array>>;

const envelope = { runId: 'state', planHash: 'none', nextRound: 0 } as const;
const written = (state: State): Uint8Array => encodeCheckpoint({ ...envelope, state });
const read = (bytes: Uint8Array): State => decodeCheckpoint(bytes).state;

/** The parts of a store, each to be replaced by a broken one. */
interface Parts {
  readonly nameOf: (key: ClientStateKey) => string;
  /** What a process starts from. */
  readonly open: (kept: Kept) => Kept;
}

const parts: Parts = {
  nameOf: ({ runId, clientId, strategy }) => JSON.stringify([runId, clientId, strategy]),
  open: (kept) => kept,
};

function storeOn(kept: Kept, { nameOf }: Parts): ClientStore {
  const of = (key: ClientStateKey): Map<number, Uint8Array> => {
    const rounds = kept.get(nameOf(key)) ?? new Map<number, Uint8Array>();
    kept.set(nameOf(key), rounds);
    return rounds;
  };
  return {
    async load(key, round) {
      const bytes = of(key).get(round);
      return bytes && read(bytes);
    },
    async save(key, round, state) {
      of(key).set(round, written(state));
    },
    async forget(key, before, but) {
      for (const round of of(key).keys()) if (round < before && round !== but) of(key).delete(round);
    },
  };
}

const trialOf = (
  changes: Partial<Parts> = {},
  change: (store: ClientStore) => Partial<ClientStore> = () => ({}),
): Trial => {
  const made = { ...parts, ...changes };
  return async () => {
    const kept: Kept = new Map();
    const store = (rounds: Kept): ClientStore => {
      const own = storeOn(rounds, made);
      return { ...own, ...change(own) };
    };
    return { store: store(kept), reopen: async () => store(made.open(kept)) };
  };
};

/** A correct store, as small as it can be. */
export const referenceClientStore = (): Trial => trialOf();

const changed = (change: (store: ClientStore) => Partial<ClientStore>) => (): Trial => trialOf({}, change);
const named = (nameOf: Parts['nameOf']) => (): Trial => trialOf({ nameOf });
const mixed = ['runs, clients and strategies do not read each other', 'forgetting leaves other runs, clients and strategies alone']; // prettier-ignore

export const brokenClientStores: Record<string, Broken<Trial>> = {
  'gives the newest state there is': {
    create: changed((store) => ({
      async load(key, round) {
        for (let at = round + 10; at >= 0; at--) {
          const state = await store.load(key, at);
          if (state !== undefined) return state;
        }
        return undefined;
      },
    })),
    fails: [
      'forgetting leaves the round that is named, and those after it',
      'forgetting leaves the round that is excepted',
      'what was never saved is undefined',
      'a state is that of its own round, not of the newest',
      'a state comes back bit for bit',
      'another process, where there can be one, finds the states',
    ],
  },

  'takes null for nothing': {
    create: changed((store) => ({ load: async (key, round) => (await store.load(key, round)) ?? undefined })),
    fails: ['null is a state', 'a state comes back bit for bit'],
  },

  'keeps the first state of a round': {
    create: changed((store) => ({
      async save(key, round, state) {
        if ((await store.load(key, round)) === undefined) await store.save(key, round, state);
      },
    })),
    fails: ['a round that is saved again has the newer state'],
  },

  'lets studies read each other': { create: named(({ clientId, strategy }) => JSON.stringify([clientId, strategy])), fails: mixed }, // prettier-ignore
  'lets strategies read each other': { create: named(({ runId, clientId }) => JSON.stringify([runId, clientId])), fails: mixed }, // prettier-ignore
  'joins the parts of a key by a slash': {
    create: named(({ runId, clientId, strategy }) => `${runId}/${clientId}/${strategy}`),
    fails: mixed,
  },
  'takes capital letters for small ones': {
    create: named((key) => parts.nameOf(key).toLowerCase()),
    fails: mixed,
  },

  'writes JSON alone': {
    create: changed((store) => ({
      save: (key, round, state) =>
        store.save(key, round, JSON.parse(JSON.stringify(state, (_, x: unknown) => (x instanceof Float32Array ? [...x] : x))) as State), // prettier-ignore
    })),
    fails: [
      'a state comes back bit for bit',
      'what is saved is a copy',
      'what is loaded is a copy',
      'saves and loads at once do not mix',
      'another process, where there can be one, finds the states',
    ],
  },

  'keeps the state that it is given': {
    create: () => async () => {
      const states = new Map<string, State>();
      const of = (key: ClientStateKey, round: number): string => JSON.stringify([parts.nameOf(key), round]);
      const store: ClientStore = {
        load: async (key, round) => structuredClone(states.get(of(key, round))),
        save: async (key, round, state) => void states.set(of(key, round), state),
        forget: async () => undefined,
      };
      return { store };
    },
    fails: ['what is saved is a copy'],
  },

  'gives the state that it keeps': {
    create: () => async () => {
      const states = new Map<string, State>();
      const of = (key: ClientStateKey, round: number): string => JSON.stringify([parts.nameOf(key), round]);
      const store: ClientStore = {
        load: async (key, round) => states.get(of(key, round)),
        save: async (key, round, state) => void states.set(of(key, round), structuredClone(state)),
        forget: async () => undefined,
      };
      return { store };
    },
    fails: ['what is loaded is a copy'],
  },

  'marks the state that it has saved': {
    create: changed((store) => ({
      async save(key, round, state) {
        await store.save(key, round, state);
        if (Array.isArray(state)) (state as State[]).push('saved');
      },
    })),
    fails: ['saving leaves the state as it was'],
  },

  'forgets the round that is named': {
    create: changed((store) => ({ forget: (key, before, but) => store.forget(key, before + 1, but) })),
    fails: [
      'forgetting leaves the round that is named, and those after it',
      'forgetting leaves the round that is excepted',
      'another process, where there can be one, finds the states',
    ],
  },

  'forgets the round that is to be kept': {
    create: changed((store) => ({ forget: (key, before) => store.forget(key, before) })),
    fails: ['forgetting leaves the round that is excepted'],
  },

  'forgets what all have saved': {
    create: () => async () => {
      const kept: Kept = new Map();
      const forget = async (_: ClientStateKey, before: number, but?: number): Promise<void> => {
        for (const rounds of kept.values())
          for (const round of rounds.keys()) if (round < before && round !== but) rounds.delete(round);
      };
      return { store: { ...storeOn(kept, parts), forget } };
    },
    fails: ['forgetting leaves other runs, clients and strategies alone'],
  },

  'fails for a client that it has never seen': {
    create: changed((store) => ({
      async forget(key, before, but) {
        if (key.runId === 'never-seen') throw new Error('no such folder');
        await store.forget(key, before, but);
      },
    })),
    fails: ['what was never saved is undefined'],
  },

  'writes one state at a time, and loses the others': {
    create: changed((store) => {
      let writing = false;
      return {
        async save(key, round, state) {
          if (writing) return;
          writing = true;
          await Promise.resolve();
          await store.save(key, round, state);
          writing = false;
        },
      };
    }),
    fails: ['saves and loads at once do not mix'],
  },

  'keeps states in memory, and says that it does not': {
    create: () => trialOf({ open: () => new Map() }),
    fails: ['another process, where there can be one, finds the states'],
  },
};
