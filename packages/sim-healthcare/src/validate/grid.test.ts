import { expect, it } from 'vitest';
import { planRun } from '../run/planned-run.js';
import { combinationsOf, type Grid } from './grid.js';
import { parseValidation } from './method.js';

const { planned, installed } = await planRun(
  { scenario: 'tutorial', privacy: 'none', hospitals: 2, model: 'logistic' },
  'r',
);
const of = (grid: Grid) => combinationsOf(grid, planned.plan, installed);

it('makes each combination a plan, the last key changing first', () => {
  const all = of({ 'learning-rate': [0.1, 0.2], 'training.batches.size': [8, 16] });
  expect(
    all.map(({ plan: { training } }) => [training.optimizer.learningRate, (training.batches as { size: number }).size]),
  ).toEqual(
    [[0.1, 8], [0.1, 16], [0.2, 8], [0.2, 16]], // prettier-ignore
  );
  expect(all[1]!.settings).toEqual({ 'training.optimizer.learningRate': 0.1, 'training.batches.size': 16 });
});

it.each<[Grid, string]>([
  [{ 'learning-rat': [1] }, 'learning-rat'],
  [{ 'learning-rate': ['fast'] }, 'learningRate'],
  [{ seed: [1, 2] }, 'seed'],
  [{ 'privacy.delta': [1, 2] }, 'privacy.delta'],
  [{ rounds: Array.from({ length: 101 }, (_, i) => i + 1) }, '101 combinations'],
  [{ 'batch-size': [8], 'training.batches.size': [16] }, 'twice'],
  [{}, 'KEY=VALUE'],
])('refuses %j', (grid, word) => {
  expect(() => of(grid)).toThrow(
    expect.objectContaining({ subject: '--choose', message: expect.stringContaining(word) }),
  );
});

it.each(['kfold', 'kfold:1', 'kfold:x', 'kfold:21', 'loho', ''])('refuses --validate %s', (text) => {
  expect(() => parseValidation(text)).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', subject: '--validate' }),
  );
});

it('knows the ways to validate', () => {
  expect(['holdout', 'kfold:5', 'leave-one-hospital-out'].map(parseValidation)).toEqual([
    { kind: 'holdout' },
    { kind: 'kfold', folds: 5 },
    { kind: 'leave-one-hospital-out' },
  ]);
});
