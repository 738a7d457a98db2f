import { describe, expect, it } from 'vitest';
import { candidatesOf, personalSettings, type Candidate } from './settings.js';
import { accuracyTable, choiceTable, deployTable } from './tables.js';
import type { MethodResult, Trial } from './trial.js';

const candidate: Candidate = { method: 'mine', aggregator: { name: 'ditto', options: { lambda: 0.3 } }, rounds: 4 };
const mine = (hospitals: number[], loss: number, deploy: MethodResult['deploy']): MethodResult => ({
  ...{ method: 'mine', hospitals, chosen: { ...candidate, loss } },
  ...(deploy && { deploy }),
});
const trial = (own: MethodResult): Trial => ({
  ids: ['north', 'south'],
  methods: [{ method: 'global', hospitals: [0.5, 0.7] }, own],
  byLoss: own,
});
const trials = [
  trial(mine([0.6, 0.9], 0.2, ['undecided', 'personal'])),
  trial(mine([0.9, 0.8], 0.4, ['undecided', 'local'])),
];
const both = { what: 'two', trials };

describe('the tables', () => {
  it('take the worst hospital of each trial, and not the worst of the means', () => {
    const { columns, rows } = accuracyTable({ ...both, published: ['theirs', [{ hospitals: [0.1, 0.3], pooled: 1 }]] });
    expect(columns).toEqual(['model', 'worst hospital', 'average', 'north', 'south']);
    expect(rows).toEqual([
      ['global', '0.5000 ± 0.0000', '0.6000 ± 0.0000', '0.500', '0.700'],
      ['mine', '0.7000 ± 0.1000', '0.8000 ± 0.0500', '0.750', '0.850'],
      ['the personal one of lowest loss', '0.7000 ± 0.1000', '0.8000 ± 0.0500', '0.750', '0.850'],
      ['theirs', '0.1000 ± 0.0000', '0.2000 ± 0.0000', '0.100', '0.300'],
    ]);
  });

  it('count advice, and settings', () => {
    expect(deployTable(both).rows).toEqual([['mine', 'undecided: 2', 'personal: 1, local: 1']]);
    expect(choiceTable(both).rows).toEqual([['mine', 'lambda 0.3, 4 rounds: 2', '0.3000']]);
  });
});

describe('candidatesOf', () => {
  it('combines all choices, with the options that stand', () => {
    const all = candidatesOf({
      ...{ name: 'x', strategy: 'fine-tuning', options: { tensors: [0] } },
      ...{ choices: { steps: [1, 2], learningRate: [0.1, 0.2] }, rounds: [3, 4] },
    });
    expect(all).toHaveLength(8);
    expect(new Set(all.map((one) => JSON.stringify(one))).size).toBe(8);
    expect(all[1]).toEqual({
      ...{ method: 'x', rounds: 4 },
      aggregator: { name: 'fine-tuning', options: { tensors: [0], steps: 1, learningRate: 0.1 } },
    });
  });

  it('of a method without choices is the method', () => {
    const method = personalSettings.personal.find(({ choices }) => Object.keys(choices).length === 0)!;
    expect(candidatesOf(method)).toHaveLength(method.rounds.length);
  });
});
