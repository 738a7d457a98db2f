import {
  createLayout,
  createTensors,
  PluginRegistry,
  type LocalTrainer,
  type ModelSpec,
  type Random,
} from '@fedward/core';
import { aggregatorCompliance } from '@fedward/testkit/aggregator';
import { queryCompliance } from '@fedward/testkit/query';
import { describe, expect, it } from 'vitest';
import { countsOf, evaluationCounts, evaluationCountsPlan, plugins, scoredRecords, sumOfCounts } from '../index.js';
import type { ScoredRecords } from './records.js';

const groups = [
  { name: 'sex', levels: ['female', 'male'] },
  { name: 'age', levels: ['below 40', '40 to 60', '60 and above'] },
];
const options = { bins: 16, groups, mostRecordsPerPatient: 3 };
const plan = evaluationCountsPlan(options, { name: 'how good is it', seed: 1 });

/** Scores of 0 and 1 among them, and levels that are not known. */
const records = (random: Random, count: number): ScoredRecords => ({
  count,
  patientIds: Array.from({ length: count }, () => `p${random.integer(0, 2 ** 50)}`),
  scores: Float64Array.from({ length: count }, () => Math.min(1, Math.max(0, 1.4 * random.uniform() - 0.2))),
  labels: Float32Array.from({ length: count }, () => Number(random.bernoulli(0.3))),
  groups: groups.map(({ name, levels }) => ({
    ...{ name, levels },
    codes: Uint8Array.from({ length: count }, () => (random.bernoulli(0.1) ? 255 : random.integer(0, levels.length))),
  })),
});
const join = (a: ScoredRecords, b: ScoredRecords): ScoredRecords => ({
  count: a.count + b.count,
  ...(a.patientIds && b.patientIds && { patientIds: [...a.patientIds, ...b.patientIds] }),
  scores: Float64Array.from([...a.scores, ...b.scores]),
  labels: Float32Array.from([...a.labels, ...b.labels]),
  groups: groups.map((group, g) => ({
    ...group,
    codes: Uint8Array.from([...a.groups![g]!.codes, ...b.groups![g]!.codes]),
  })),
});

describe('the query', () => {
  const one = { count: 1, patientIds: ['p'], scores: Float64Array.of(0.5), labels: Float32Array.of(1) };
  const known = groups.map((group) => ({ ...group, codes: Uint8Array.of(0) }));
  queryCompliance({
    create: () => evaluationCounts(options),
    ...{ plan, records, join },
    units: ['record', 'patient'],
    rejects: [
      { count: 1 },
      one, // without groups
      { ...one, groups: known, patientIds: undefined } as unknown as ScoredRecords,
      ...[{ scores: Float64Array.of(NaN) }, { scores: Float64Array.of(1.01) }, { labels: Float32Array.of(2) }].map(
        (wrong) => ({ ...one, groups: known, ...wrong }),
      ),
      { ...one, groups: known.toReversed() },
      { ...one, groups: known.map((group) => ({ ...group, codes: Uint8Array.of(7) })) },
    ],
  }).register({ describe, it });

  it('counts no more of a patient than it says, the first ones, where all are alike', async () => {
    const data: ScoredRecords = {
      ...{ count: 6, patientIds: ['p', 'p', 'q', 'p', 'p', 'p'] },
      ...{ scores: Float64Array.of(0.9, 0.9, 0.9, 0.9, 0.1, 0.1), labels: new Float32Array(6).fill(1) },
    };
    const own = { bins: 2, mostRecordsPerPatient: 3 };
    const query = evaluationCounts(own);
    const sent = createTensors({ layout: createLayout([]), element: 'f64' });
    const context = { clientId: 'h0', round: 0, plan, sent, instructions: {}, signal: new AbortController().signal };
    const answer = await query.answer({ ...context, data });
    expect([...countsOf(answer, own).counts.positives]).toEqual([0, 4]); // three of p, one of q
  });

  it('says how far a record moves it, and a patient as far as that is bounded', () => {
    const said = (given: object) => ['record', 'patient', 'hospital'].map((unit) => evaluationCounts(given).sensitivity!(unit as 'record')); // prettier-ignore
    expect(said({})).toEqual([1, undefined, undefined]);
    expect(said({ groups, mostRecordsPerPatient: 3 })).toEqual([Math.sqrt(3), 3 * Math.sqrt(3), undefined]);
  });

  it.each([
    [{ bins: 1000 }, /bins.*power of two/],
    [{ bins: 1 }, /bins/],
    [{ groups: [groups[0]!, groups[0]!] }, /same name/],
    [{ mostRecordsPerPatient: 0 }, /mostRecordsPerPatient/],
  ])('refuses the options %j', (wrong, message) => {
    expect(() => evaluationCounts(wrong)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringMatching(message) as string }),
    );
  });
});

describe('the sums', () => {
  aggregatorCompliance({ create: () => sumOfCounts(options), plan }).register({ describe, it });

  it('are registered with the query, by one name', () => {
    const registry = new PluginRegistry(plugins);
    for (const kind of ['query', 'aggregator'] as const)
      expect(registry.create(kind, { name: 'evaluation-counts', options: {} }).name).toBe('evaluation-counts');
  });

  it('are not read by other options than those that they were asked with', () => {
    const sum = createTensors(evaluationCounts(options).form);
    expect(countsOf(sum, options).groups.map(({ level }) => level)).toEqual(groups.flatMap(({ levels }) => levels));
    expect(() => countsOf(sum, { ...options, bins: 32 })).toThrow(
      expect.objectContaining({ code: 'ARGUMENT_INVALID' }),
    );
  });
});

describe('scoredRecords', () => {
  const outputs = Float32Array.of(0, 3, -1000, 1, 1, 2);
  const trainer = (given: Float32Array): LocalTrainer => ({
    name: 'given',
    describe: async () => 'given',
    train: () => Promise.reject(new Error('not asked')),
    predict: async () => given,
  });
  const parameters = { layout: createLayout([]), values: new Float32Array() };
  const spec = (loss: string) => ({ loss }) as ModelSpec;
  const data = (count: number) => ({
    ...{ count, featureShape: [1], features: new Float32Array(count), labels: new Float32Array(count) },
  });

  it('are probabilities of class 1, of one logit or two', async () => {
    const one = await scoredRecords(trainer(outputs), spec('sigmoid-cross-entropy'), parameters, data(6));
    expect([...one.scores.subarray(0, 3)]).toEqual([0.5, 1 / (1 + Math.exp(-3)), 0]);
    const two = await scoredRecords(trainer(outputs), spec('softmax-cross-entropy'), parameters, data(3));
    expect([...two.scores]).toEqual([1 / (1 + Math.exp(-3)), 1, 1 / (1 + Math.exp(-1))]);
  });

  it('are refused of a model of more classes, or of none', async () => {
    for (const [loss, count] of [
      ['softmax-cross-entropy', 2],
      ['cox', 6],
      ['squared-error', 6],
    ] as const)
      // prettier-ignore
      await expect(scoredRecords(trainer(outputs), spec(loss), parameters, data(count))).rejects.toMatchObject({
        code: 'CONFIG_INCOMPATIBLE',
      });
  });
});
