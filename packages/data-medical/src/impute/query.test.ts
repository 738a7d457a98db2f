import { PluginRegistry, type JsonObject, type Random } from '@fedward/core';
import { aggregatorCompliance } from '@fedward/testkit/aggregator';
import { queryCompliance } from '@fedward/testkit/query';
import { describe, expect, it } from 'vitest';
import { imputationPlan, imputationSums, plugins, sumOfAnswers, type ImputationRecords } from '../index.js';
import type { ImputedColumn } from './columns.js';
import type { ImputationSumsOptions, Question } from './question.js';

const columns: ImputedColumn[] = [
  { name: 'age', kind: 'numeric', method: 'ridge', bounds: [0, 110] },
  { name: 'sex', kind: 'binary', levels: ['F', 'M'], method: 'mode' },
  { name: 'stage', kind: 'categorical', levels: [1, 2, 3], method: 'ridge' },
];
const chain = {
  ...{ centers: [50, 0.5, 0.2, 0.3, 0.5], spreads: [20, 0.5, 0.4, 0.4, 0.5], start: [0, 1, 0, 0, 0] },
  steps: [{ column: 0, intercepts: [0.1], weights: [[0.2, -0.3, 0, 0.4]] }],
};
const questions: Question[] = [
  { ask: 'means', of: [0, 1, 2], bounded: true },
  { ask: 'means', of: [2, 0], bounded: false },
  { ask: 'spreads', centers: chain.centers },
  { ask: 'levels', of: [1, 2] },
  { ask: 'bins', of: [0], intervals: [[[0, 110], [55, 60]]] }, // prettier-ignore
  { ask: 'products', column: 2, chain },
  { ask: 'products', column: 0, chain },
];

/** Ages far beyond what is believed among them; one value in five is missing. */
const records = (random: Random, count: number): ImputationRecords => ({
  ...{ count, columns },
  values: Float64Array.from({ length: 3 * count }, (_, i) => {
    if (random.bernoulli(0.2)) return NaN;
    return i % 3 === 0 ? 50 + 200 * random.normal() : Math.floor((i % 3 === 1 ? 2 : 3) * random.uniform());
  }),
});
const join = (a: ImputationRecords, b: ImputationRecords): ImputationRecords => ({
  ...{ count: a.count + b.count, columns, values: Float64Array.from([...a.values, ...b.values]) },
});

for (const question of questions) {
  const options: ImputationSumsOptions = { columns, question };
  const plan = imputationPlan(options, { name: 'what is missing', seed: 1 });
  describe(`${question.ask} ${'bounded' in question && question.bounded ? 'bounded' : ''}`, () => {
    queryCompliance({
      create: () => imputationSums(options),
      ...{ plan, records, join, rounding: 1e-12 },
      rejects: [
        { count: 1 },
        { count: 1, columns: columns.slice(1), values: new Float64Array(2) } as ImputationRecords,
      ],
    }).register({ describe, it });
  });
}

describe('the sums', () => {
  const options: ImputationSumsOptions = { columns, question: questions[0]! };
  const plan = imputationPlan(options, { name: 'what is missing', seed: 1 });
  aggregatorCompliance({ create: () => sumOfAnswers(options), plan }).register({ describe, it });
});

it('is registered as query and aggregator, by one name', () => {
  const registry = new PluginRegistry(plugins);
  const options = JSON.parse(JSON.stringify({ columns, question: questions[0]! })) as JsonObject; // as in a plan
  for (const kind of ['query', 'aggregator'] as const)
    expect(registry.create(kind, { name: 'imputation-sums', options }).name).toBe('imputation-sums');
});

it('says how far a record moves what is bounded, and nothing of patients or of what is not', () => {
  const moved = (question: Question) => imputationSums({ columns, question }).sensitivity!('record');
  expect(questions.map(moved)).toEqual([Math.sqrt(6), undefined, undefined, Math.sqrt(2), Math.sqrt(2), undefined, undefined]); // prettier-ignore
  for (const question of questions)
    expect(imputationSums({ columns, question }).sensitivity!('patient')).toBeUndefined();
});

it('refuses questions that do not fit the columns, naming the option', () => {
  const wrong: Question[] = [
    { ask: 'levels', of: [0] },
    { ask: 'means', of: [3], bounded: false },
    { ask: 'spreads', centers: [1] },
    { ask: 'bins', of: [0], intervals: [] },
    { ask: 'products', column: 3, chain },
    { ask: 'products', column: 0, chain: { ...chain, start: [0] } },
    { ask: 'products', column: 0, chain: { ...chain, steps: [{ column: 0, intercepts: [1], weights: [[1]] }] } },
  ];
  for (const question of wrong)
    expect(() => imputationSums({ columns, question })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', subject: 'query.options.question' }),
    );
  const unbounded: ImputedColumn[] = [{ name: 'age', kind: 'numeric', method: 'mean' }];
  expect(() => imputationSums({ columns: unbounded, question: { ask: 'means', of: [0], bounded: true } })).toThrow(
    expect.objectContaining({ message: expect.stringMatching(/age .* no bounds/) as string }),
  );
});
