import type { RoundReport } from '@fedward/core';
import { expect, it } from 'vitest';
import { collectionText } from './collection-text.js';

const round = (told: Partial<RoundReport>) => ({ round: 0, stale: [], waiting: [], ...told }) as unknown as RoundReport;

it('a run in which everyone was waited for, without a clock, has nothing to tell', () => {
  expect(collectionText([])).toEqual([]);
  expect(collectionText([round({})])).toEqual([]);
});

it('tells the time, who came late by how much, and who was at work at the end', () => {
  const rounds = [
    round({ simulatedSeconds: 10.04, waiting: ['b'] }),
    round({ round: 1, simulatedSeconds: 20.25, stale: [{ id: 'c', baseRound: 0 }] }),
    round({ round: 5, simulatedSeconds: 30.26, stale: [{ id: 'b', baseRound: 0 }], waiting: ['a', 'c'] }),
  ];
  expect(collectionText(rounds)).toEqual([
    '3 rounds took 30.3 simulated seconds, where a training step takes one second at a hospital that is not slow.',
    '2 updates came late, by 5 rounds at the most: of b, c.',
    'Still at work when the run ended, so that this work is not in the model: a, c.',
  ]);
});
