import type { Collector } from '@fedward/core';
import type { Broken } from '../expect.js';

/** A correct collector, as small as it can be: the first two updates are enough, whoever sent them. */
export function referenceCollector(): Collector {
  return {
    name: 'first-two',
    requires: ['stale-updates'],
    removes: ['fresh-updates'],
    patience: 2,
    enough: ({ arrived }) => arrived >= 2,
  };
}

const changed =
  (change: (reference: Collector) => Partial<Collector>): (() => Collector) =>
  () => ({ ...referenceCollector(), ...change(referenceCollector()) });

const name = 'it has a name and named capabilities';
const patience = 'its patience is a whole number of rounds, from 0 on, and always the same';
const late = 'one that waits into later rounds says that updates may be late';
const monotone = 'one more arrival never makes enough too little';
const repeats = 'the same progress has the same answer, whatever was asked before';
const whole = 'one that waits for everyone has no patience, and leaves updates fresh';
const plain = 'an answer is true or false, and the progress is left as it was';

let processes = 0;

/** Of one that ends rounds early. */
export const brokenCollectors: Record<string, Broken<Collector>> = {
  'has no name': { create: changed(() => ({ name: ' ' })), fails: [name] },
  'requires what has no name': { create: changed(() => ({ requires: ['stale-updates', ' '] })), fails: [name] },
  'takes away what it needs': {
    create: changed(() => ({ removes: ['fresh-updates', 'stale-updates'] })),
    fails: [name],
  },
  'waits for half a round': { create: changed(() => ({ patience: 0.5 })), fails: [patience] },
  'waits for less than nothing': { create: changed(() => ({ patience: -1 })), fails: [patience] },
  'waits for ever': { create: changed(() => ({ patience: Infinity })), fails: [patience] },
  'waits otherwise in each process': {
    create: () => changed(() => ({ patience: 1 + processes++ }))(),
    fails: [patience],
  },
  'does not say that it needs an aggregator for late updates': {
    create: changed(() => ({ requires: [] })),
    fails: [late],
  },
  'does not say that updates may be late': { create: changed(() => ({ removes: [] })), fails: [late] },
  'has enough at two, and not at three': {
    create: changed(() => ({ enough: ({ arrived }) => arrived === 2 || arrived > 5 })),
    fails: [monotone],
  },
  'takes failures off what arrived': {
    create: changed(() => ({ enough: ({ arrived, failed }) => arrived % 4 >= 2 - failed && arrived > 0 })),
    fails: [monotone, 'ten thousand arrivals are enough'],
  },
  'never has enough': {
    create: changed(() => ({ enough: () => false })),
    fails: ['ten thousand arrivals are enough'],
  },
  'has enough of nothing': {
    create: changed(() => ({ enough: ({ arrived, underWay }) => arrived >= 2 || underWay >= 8 })),
    fails: ['nothing is not enough', monotone],
  },
  'counts for itself': {
    create: changed(() => {
      let asked = 0;
      return { enough: ({ arrived }) => arrived >= 2 && ++asked > 3 };
    }),
    fails: [repeats, 'ten thousand arrivals are enough'],
  },
  'writes down what it was asked': {
    create: changed(() => ({
      enough(progress) {
        Object.assign(progress, { asked: 0 });
        return progress.arrived >= 2;
      },
    })),
    fails: [plain],
  },
  'gives a number': {
    create: changed(() => ({ enough: ({ arrived }) => Math.max(0, arrived - 1) as unknown as boolean })),
    fails: [plain, 'nothing is not enough', 'ten thousand arrivals are enough'],
  },
};

/** Of one that waits for everyone. */
export const brokenWaiting: Record<string, Broken<Collector>> = {
  'waits for everyone, and into later rounds': {
    create: () => ({ name: 'everyone', requires: ['stale-updates'], removes: ['fresh-updates'], patience: 3 }),
    fails: [whole],
  },
  'waits for everyone, and takes fresh updates away': {
    create: () => ({ name: 'everyone', removes: ['fresh-updates'], patience: 0 }),
    fails: [whole],
  },
};
