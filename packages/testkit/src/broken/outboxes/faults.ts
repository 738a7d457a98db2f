import type { KeptAnswer, Outbox, OutboxKey } from '@fedward/core';
import type { OutboxTrial } from '../../outbox.js';
import type { Broken } from '../expect.js';

type Trial = () => Promise<OutboxTrial>;
type Kept = Map<string, { readonly task: string; readonly answer: KeptAnswer }>;

const bitForBit = 'gives an answer bit for bit';
const elsewhere = 'another process, where there can be one, finds the newest answer of each run';
const ownName = ({ clientId, runId }: OutboxKey): string => JSON.stringify([clientId, runId]);

interface Parts {
  readonly nameOf: (key: OutboxKey) => string;
  /** Whether an answer is given to a task. */
  readonly fits: (kept: string, asked: string) => boolean;
  readonly written: (answer: KeptAnswer) => KeptAnswer;
  /** What a process starts from. */
  readonly open: (kept: Kept) => Kept;
  readonly replaces: boolean;
}

const parts: Parts = {
  ...{ nameOf: ownName, fits: (kept, asked) => kept === asked, written: structuredClone },
  ...{ open: (kept) => kept, replaces: true },
};

const trialOf =
  (changes: Partial<Parts> = {}) =>
  (): Trial =>
  async () => {
    const { nameOf, fits, written, open, replaces } = { ...parts, ...changes };
    const on = (kept: Kept): Outbox => ({
      async find(key) {
        const found = kept.get(nameOf(key));
        return found && fits(found.task, key.task) ? structuredClone(found.answer) : undefined;
      },
      async keep(key, answer) {
        if (replaces || !kept.has(nameOf(key))) kept.set(nameOf(key), { task: key.task, answer: written(answer) });
      },
    });
    const kept: Kept = new Map();
    return { outbox: on(kept), reopen: async () => on(open(kept)) };
  };

/** A correct outbox, as small as it can be. */
export const referenceOutbox = trialOf();

export const brokenOutboxes: Record<string, Broken<Trial>> = {
  'has an answer to all': {
    create: () => async () => ({
      outbox: {
        find: async (key) => ({ update: { clientId: key.clientId } }) as KeptAnswer,
        keep: async () => undefined,
      },
    }),
    fails: [
      ...['finds nothing where nothing was kept', bitForBit, 'gives nothing for another task'],
      'an answer takes the place of that of an earlier round',
      ...['an answer that is kept again is the newer one', 'clients do not read each other'],
    ],
  },
  'gives the newest answer, whatever the task': {
    create: trialOf({ fits: () => true }),
    fails: ['gives nothing for another task', 'an answer takes the place of that of an earlier round', elsewhere],
  },
  'keeps the answers of all rounds': {
    create: trialOf({ nameOf: (key) => JSON.stringify(key) }),
    fails: ['an answer takes the place of that of an earlier round', elsewhere],
  },
  'keeps the first answer to a task': {
    create: trialOf({ replaces: false, nameOf: (key) => JSON.stringify([ownName(key), key.round]) }),
    fails: [
      'an answer that is kept again is the newer one',
      ...['an answer takes the place of that of an earlier round', elsewhere],
    ],
  },
  'loses the entry of the log': {
    create: trialOf({ written: ({ update }) => structuredClone({ update }) }),
    fails: [
      ...[bitForBit, 'an answer takes the place of that of an earlier round', elsewhere],
      ...['an answer that is kept again is the newer one', 'clients do not read each other'],
    ],
  },
  'takes capital letters for small ones': {
    create: trialOf({ nameOf: (key) => ownName(key).toLowerCase() }),
    fails: ['clients do not read each other', elsewhere],
  },
  'forgets with its process': { create: trialOf({ open: () => new Map() }), fails: [elsewhere] },
  'writes numbers as text': {
    create: trialOf({
      written: ({ update, ...rest }) => ({
        ...{ update: { ...update, payload: { ...update.payload, values: Float32Array.from(update.payload.values) } } },
        ...rest,
      }),
    }),
    fails: [bitForBit],
  },
};
