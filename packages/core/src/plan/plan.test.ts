import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { examplePlan, examplePlanInput } from '../testing/plan.js';
import { parseWith } from '../base/parse.js';
import { parsePlan, planHash, type TrainingPlanInput } from './plan.js';

const full: TrainingPlanInput = {
  ...examplePlanInput,
  privacy: {
    mechanisms: [{ name: 'dp-sgd', options: { clipNorm: 1, noiseMultiplier: 4.845 } }],
    accountant: 'rdp',
    delta: 1e-5,
    budget: { epsilon: 3 },
  },
  cohort: { select: 'uniform', size: 2 },
  deadlineSeconds: 60,
};

describe('parsePlan', () => {
  it('fills in defaults', () => {
    expect(parsePlan(examplePlanInput)).toMatchObject({
      privacy: null,
      cohort: { select: 'all' },
      quorum: 1,
      onInvalidUpdate: 'fail',
      aggregator: { name: 'mean', options: {} },
    });
    expect(parsePlan(full).privacy).toMatchObject({ unit: 'record' });
    for (const key of ['deadlineSeconds', 'onMissedQuorum'])
      expect(parsePlan(examplePlanInput)).not.toHaveProperty(key);
  });

  it('gives what it is given back: a plan parsed twice is the same', () => {
    expect(parsePlan(parsePlan(full))).toEqual(parsePlan(full));
    expect(parsePlan(JSON.parse(JSON.stringify(full)))).toEqual(parsePlan(full));
  });

  const { training, model } = examplePlanInput;
  const privacy = full.privacy!;
  const withBatches = (batches: object) => ({ ...full, training: { ...training, batches } });
  it.each([
    ['unknown', { ...full, unknown: 1 }],
    ['training.unknown', { ...full, training: { ...training, unknown: 1 } }],
    ['model.layers.0.unknown', { ...full, model: { ...model, layers: [{ type: 'dense', units: 2, unknown: 1 }] } }],
    ['privacy.unknown', { ...full, privacy: { ...privacy, unknown: 1 } }],
    ['privacy.mechanisms.0.unknown', { ...full, privacy: { ...privacy, mechanisms: [{ name: 'x', unknown: 1 }] } }],
    ['aggregator.code', { ...full, aggregator: { name: 'mean', code: '() => 1' } }],
    ['__proto__', JSON.parse(`{"__proto__":{},${JSON.stringify(full).slice(1)}`) as unknown],
    ['schemaVersion', { ...full, schemaVersion: 2 }],
    ['name', { ...full, name: '' }],
    ['seed', { ...full, seed: -1 }],
    ['seed', { ...full, seed: 1.5 }],
    ['seed', { ...full, seed: Number.NaN }],
    ['rounds', { ...full, rounds: 0 }],
    ['rounds', { ...full, rounds: '3' }],
    ['quorum', { ...full, quorum: 0 }],
    ['cohort.size', { ...full, cohort: { select: 'uniform' } }],
    ['cohort.groups', { ...full, cohort: { select: 'cyclic' } }],
    ['cohort.select', { ...full, cohort: { select: 'best' } }],
    ['onInvalidUpdate', { ...full, onInvalidUpdate: 'ignore' }],
    ['onMissedQuorum', { ...full, onMissedQuorum: 'drop' }],
    ['deadlineSeconds', { ...full, deadlineSeconds: 0 }],
    ['deadlineSeconds', { ...full, deadlineSeconds: 2_147_484 }], // more than a timer can wait: it would fire at once
    ['training.trainer', { ...full, training: { ...training, trainer: '' } }],
    ['training.optimizer.name', { ...full, training: { ...training, optimizer: { name: 'magic' } } }],
    [
      'training.optimizer.learningRate',
      { ...full, training: { ...training, optimizer: { name: 'sgd', learningRate: 0 } } },
    ],
    ['training.batches.kind', { ...full, training: { ...training, batches: { kind: 'bootstrap' } } }],
    ['training.batches.epochs', withBatches({ kind: 'steps', size: 8, steps: 1, epochs: 1 })],
    ['training.batches.steps', withBatches({ kind: 'steps', size: 8, steps: 0 })],
    [
      'training.batches.probability',
      { ...full, training: { ...training, batches: { kind: 'poisson', probability: 0, steps: 1, expectedSize: 1 } } },
    ],
    [
      'training.batches.expectedSize',
      { ...full, training: { ...training, batches: { kind: 'poisson', probability: 0.1, steps: 1 } } },
    ],
    // What a trainer counts in 32 bits, and what float32 would round away.
    ...[2 ** 31, 2 ** 32 + 8, 2 ** 53 - 1].flatMap((many): [string, unknown][] => [
      ['training.batches.size', withBatches({ kind: 'shuffle', size: many, epochs: 1 })],
      ['training.batches.epochs', withBatches({ kind: 'shuffle', size: 8, epochs: many })],
      ['training.batches.steps', withBatches({ kind: 'poisson', probability: 0.1, steps: many, expectedSize: 1 })],
      ['training.batches.steps', withBatches({ kind: 'steps', size: 8, steps: many })],
      ['training.batches.size', withBatches({ kind: 'steps', size: many, steps: 1 })],
      ['training.batches.expectedSize', withBatches({ kind: 'poisson', probability: 1, steps: 1, expectedSize: many })],
      ['model.layers.0.units', { ...full, model: { ...model, layers: [{ type: 'dense', units: many }] } }],
      ['model.inputShape.0', { ...full, model: { ...model, inputShape: [many] } }],
    ]),
    ['training.batches.expectedSize', withBatches({ kind: 'poisson', probability: 1, steps: 1, expectedSize: 1e-40 })],
    ['training.batches.probability', withBatches({ kind: 'poisson', probability: 1e-300, steps: 1, expectedSize: 1 })],
    ...[1e-40, 1e39].map((learningRate): [string, unknown] => [
      'training.optimizer.learningRate',
      { ...full, training: { ...training, optimizer: { name: 'sgd', learningRate } } },
    ]),
    [
      'training.optimizer.momentum',
      { ...full, training: { ...training, optimizer: { name: 'momentum', learningRate: 1, momentum: 1 - 1e-12 } } },
    ],
    [
      'training.optimizer.epsilon',
      { ...full, training: { ...training, optimizer: { name: 'adam', learningRate: 1, epsilon: 1e-50 } } },
    ],
    ['model.layers.0.factor', { ...full, model: { ...model, layers: [{ type: 'scale', factor: 1e39 }] } }],
    ['model.layers.0.rate', { ...full, model: { ...model, layers: [{ type: 'dropout', rate: 1 - 2 ** -40 }] } }],
    ['privacy.delta', { ...full, privacy: { ...privacy, delta: 0 } }],
    ['privacy.delta', { ...full, privacy: { ...privacy, delta: 1 } }],
    ['privacy.accountant', { ...full, privacy: { ...privacy, accountant: '' } }],
    ['privacy.mechanisms', { ...full, privacy: { ...privacy, mechanisms: [] } }],
    ['privacy.unit', { ...full, privacy: { ...privacy, unit: 'ward' } }],
    ['privacy.budget.epsilon', { ...full, privacy: { ...privacy, budget: { epsilon: -1 } } }],
    ['privacy.budget.epsilon', { ...full, privacy: { ...privacy, budget: { epsilon: Number.POSITIVE_INFINITY } } }],
    ['aggregator.options.f', { ...full, aggregator: { name: 'mean', options: { f: () => 1 } } }],
    ['aggregator.options.n', { ...full, aggregator: { name: 'mean', options: { n: Number.NaN } } }],
    ['model.loss', { ...full, model: { ...model, loss: 'sigmoid-cross-entropy' } }],
    ['model.layers.0', { ...full, model: { ...model, inputShape: [2, 2] } }],
  ])('refuses %s', (key, value) => {
    let error: unknown;
    try {
      parsePlan(value);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', subject: key, family: 'configuration' });
    expect((error as Error).message).toContain(key);
  });

  it.each([null, undefined, 3, 'plan', []])('refuses %s', (value) => {
    expect(() => parsePlan(value, 'plan.yaml')).toThrow(/^plan\.yaml is not valid/);
  });

  it('tells all faults at once', () => {
    expect(() => parsePlan({ ...full, seed: -1, rounds: 0 })).toThrow(/seed: .*; rounds: /);
  });
});

describe('initialWeights', () => {
  const startOf = (initialWeights: unknown, layers: unknown = examplePlanInput.model.layers) =>
    parsePlan({ ...full, initialWeights, model: { ...examplePlanInput.model, layers } });
  const twoLayers = [
    { type: 'dense', units: 4 },
    { type: 'activation', function: 'relu' },
    { type: 'dense', units: 2 },
  ];

  it('are zeros for a model of one layer with weights, whatever layers without any are about it', () => {
    const scaled = [{ type: 'scale', factor: 0.5 }, ...examplePlanInput.model.layers];
    for (const layers of [undefined, scaled]) expect(startOf('zeros', layers).initialWeights).toBe('zeros');
  });

  it('are no zeros for a model with hidden units, which would stay alike', () => {
    expect(() => startOf('zeros', twoLayers)).toThrow(
      expect.objectContaining({
        ...{ code: 'CONFIG_INCOMPATIBLE', subject: 'initialWeights' },
        message: expect.stringMatching(/one layer with weights, this one has 2/) as string,
      }),
    );
    expect(startOf('drawn', twoLayers).initialWeights).toBe('drawn');
  });

  it('are in the plan, and its hash, only where it says so', () => {
    expect(parsePlan(full)).not.toHaveProperty('initialWeights');
    expect(new Set([undefined, 'drawn', 'zeros'].map((start) => planHash(startOf(start)))).size).toBe(3);
    expect(() => startOf('ones')).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', subject: 'initialWeights' }),
    );
  });
});

describe('planHash', () => {
  const hash = planHash(parsePlan(full));

  it('does not change between versions', () => {
    // json.dumps(plan, sort_keys=True, separators=(',', ':')) of Python, defaults written out, and its SHA-256
    const digest = 'de16d1c353ad97550566435bfe7d24f7e6e5499601bb1fa00f6ff130a5454691';
    expect(planHash(examplePlan())).toBe(`sha256:${digest}`);
  });

  it('does not depend on the order of keys, nor on whether defaults are written', () => {
    const reversed = Object.fromEntries(Object.entries(full).reverse());
    expect(planHash(parsePlan(reversed))).toBe(hash);
    expect(planHash(parsePlan({ ...full, quorum: 1, onInvalidUpdate: 'fail' }))).toBe(hash);
    expect(planHash(parsePlan(JSON.parse(JSON.stringify(parsePlan(full)))))).toBe(hash);
  });

  it('changes with every value in the plan', () => {
    const plan = parsePlan(full);
    const seen = new Set([hash]);
    let leaves = 0;
    const visit = (value: unknown, replace: (other: unknown) => unknown): void => {
      if (typeof value === 'object' && value !== null) {
        for (const [key, member] of Object.entries(value))
          visit(member, (other) =>
            replace(Array.isArray(value) ? value.with(Number(key), other) : { ...value, [key]: other }),
          );
        return;
      }
      leaves++;
      seen.add(planHash(replace(typeof value === 'number' ? value + 1 : `${String(value)}!`) as typeof plan));
    };
    visit(plan, (other) => other);
    expect(leaves).toBeGreaterThan(20);
    expect(seen.size).toBe(leaves + 1);
  });
});

describe('parseWith', () => {
  it('names the first key at fault, and what was read', () => {
    const schema = z.strictObject({ a: z.number(), b: z.strictObject({ c: z.string() }) });
    expect(() => parseWith(schema, { a: 1, b: { c: 2 } }, 'aggregator.options')).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', subject: 'b.c' }),
    );
    expect(() => parseWith(schema, { a: 1, b: { c: 'x', d: 1 } }, 'aggregator.options')).toThrow(
      /^aggregator\.options is not valid: b\.d: /,
    );
    expect(parseWith(schema, { a: 1, b: { c: 'x' } }, 'options')).toEqual({ a: 1, b: { c: 'x' } });
  });
});
