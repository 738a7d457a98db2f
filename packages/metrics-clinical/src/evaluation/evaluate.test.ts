import { Random } from '@fedward/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseThreshold, compareModels, evaluate, evaluateSubgroups, modelMetrics } from '../index.js';
import type { Figures, Predictions } from '../index.js';
import { sigmoid } from '../outputs.js';

const few = { bootstrap: { draws: 30, seed: 1 }, curves: false } as const;

/** Log-odds with ties, labels of two classes, and patients with some records each. */
const scored = fc
  .array(fc.tuple(fc.integer({ min: -4, max: 4 }), fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 9 })), {
    minLength: 1,
    maxLength: 40,
  })
  .map((rows) =>
    predictions(
      rows.map(([x]) => x / 2),
      rows.map(([, y]) => y),
      rows.map(([, , id]) => `p${id}`),
    ),
  );

function predictions(x: readonly number[], y: readonly number[], patientIds?: string[]): Predictions {
  return { loss: 'sigmoid-cross-entropy', outputs: Float32Array.from(x), labels: Float32Array.from(y), patientIds };
}

function simulated(count: number, seed: number): Predictions {
  const random = new Random(seed);
  const x = Array.from({ length: count }, () => 1.5 * random.normal());
  return predictions(
    x,
    x.map((one) => Number(random.bernoulli(sigmoid(one)))),
  );
}

const at = (figures: Figures, name: string): number | null => figures[name]!.value;

describe('evaluate, of two classes', () => {
  it('calls records as modelMetrics does, to the last bit, where no threshold is given', () => {
    fc.assert(
      fc.property(scored, (own) => {
        const { figures } = evaluate(own, few);
        const metrics = modelMetrics(own.loss, own.outputs, own.labels);
        expect(at(figures, 'accuracy')).toBe(metrics['accuracy']);
        expect(at(figures, 'auroc') ?? undefined).toBeOneOf([undefined, expect.closeTo(metrics['auroc'] ?? NaN, 12)]);
        expect(at(figures, 'auroc') === null).toBe(metrics['auroc'] === undefined);
        expect(at(figures, 'logLoss')).toBeCloseTo(metrics['loss']!, 12);
      }),
      { numRuns: 20 },
    );
  });

  it('is JSON: no figure is NaN or infinite, each that is null says why, intervals hold their value', () => {
    fc.assert(
      fc.property(scored, fc.double({ min: 0, max: 1, noNaN: true }), (own, threshold) => {
        const evaluation = evaluate(own, { ...few, curves: true, threshold, prevalence: 0.1 });
        expect(JSON.parse(JSON.stringify(evaluation))).toEqual(evaluation);
        for (const [name, { value, interval, because }] of Object.entries(evaluation.figures)) {
          if (value === null || interval === null) expect(because, name).toBeTruthy();
          if (value === null) expect(interval, name).toBeNull();
          if (value === null || interval === null) continue;
          expect(interval[0], name).toBeLessThanOrEqual(interval[1]);
          if (evaluation.figures[name]!.method !== 'bootstrap') {
            expect(interval[0], name).toBeLessThanOrEqual(value + 1e-9);
            expect(interval[1], name).toBeGreaterThanOrEqual(value - 1e-9);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it('does not depend on the order of records', () => {
    const own = simulated(120, 3);
    const ids = Array.from({ length: 120 }, (_, i) => `p${i % 50}`);
    const order = [...new Random(4).permutation(120)];
    const of = <T>(values: ArrayLike<T>) => order.map((i) => values[i]!);
    const a = evaluate({ ...own, patientIds: ids }, few).figures;
    const b = evaluate(predictions(of(own.outputs), of(own.labels), of(ids)), few).figures;
    for (const [name, { value, interval, method }] of Object.entries(a)) {
      expect(b[name]!.value, name).toBeCloseTo(value!, 12);
      if (method !== 'bootstrap' && interval) expect(b[name]!.interval![0], name).toBeCloseTo(interval[0], 12);
    }
  });

  it('keeps its area under a monotone transform, and turns it when the classes change places', () => {
    fc.assert(
      fc.property(scored, (own) => {
        const area = evaluate(own, few).figures['auroc']!;
        const cubes = evaluate({ ...own, outputs: own.outputs.map((x) => x ** 3) }, few).figures['auroc']!;
        expect(cubes).toEqual(area);
        const swapped = evaluate(
          { ...own, outputs: own.outputs.map((x) => -x), labels: own.labels.map((y) => 1 - y) },
          few,
        ).figures['auroc']!;
        if (area.value === null) expect(swapped.value).toBeNull();
        else expect(swapped.value).toBeCloseTo(area.value, 12);
      }),
      { numRuns: 20 },
    );
  });

  it('changes sensitivity for specificity when the classes change places', () => {
    const own = simulated(100, 5);
    const a = evaluate(own, few).figures;
    const b = evaluate(
      { ...own, outputs: own.outputs.map((x) => -x), labels: own.labels.map((y) => 1 - y) },
      few,
    ).figures;
    expect(b['sensitivity']).toEqual(a['specificity']);
    expect(b['ppv']).toEqual(a['npv']);
    expect(at(b, 'mcc')).toBeCloseTo(at(a, 'mcc')!, 12);
    expect(at(b, 'calibrationSlope')).toBeCloseTo(at(a, 'calibrationSlope')!, 9);
  });

  it('says what is not defined, and why', () => {
    const healthy = evaluate(predictions([-1, 0.5, -2], [0, 0, 0]), few).figures;
    for (const name of ['auroc', 'auprc', 'sensitivity', 'balancedAccuracy', 'calibrationSlope'])
      expect(healthy[name], name).toMatchObject({ value: null, interval: null, because: expect.stringMatching(/./) });
    expect(at(healthy, 'specificity')).toBe(2 / 3);
    const perfect = evaluate(predictions([-2, -1, 1, 2], [0, 0, 1, 1]), few).figures;
    expect(perfect['auroc']).toMatchObject({ value: 1, interval: null });
    expect(perfect['calibrationSlope']).toMatchObject({
      value: null,
      because: expect.stringMatching(/without a fault/),
    });
    expect(evaluate(predictions([1, 1, 1], [0, 1, 1]), few).figures['calibrationSlope']!.because).toMatch(/the same/);
    const none = evaluate(predictions([], []), { ...few, prevalence: 0.1 });
    expect(none).toMatchObject({ task: 'binary', records: 0, patients: 0, events: 0 });
    for (const { value, because } of Object.values(none.figures))
      expect([value, typeof because]).toEqual([null, 'string']);
  });

  it('tells PPV and NPV at a declared prevalence by Bayes, and with that of the records what the records have', () => {
    const own = simulated(400, 6);
    const { figures } = evaluate(own, few);
    const same = evaluate(own, { ...few, prevalence: at(figures, 'prevalence')! }).figures;
    expect(at(same, 'ppvAtPrevalence')).toBeCloseTo(at(figures, 'ppv')!, 12);
    expect(at(same, 'npvAtPrevalence')).toBeCloseTo(at(figures, 'npv')!, 12);
    const rare = evaluate(own, { ...few, prevalence: 0.01 }).figures;
    const [sens, spec] = [at(figures, 'sensitivity')!, at(figures, 'specificity')!];
    expect(at(rare, 'ppvAtPrevalence')).toBeCloseTo((0.01 * sens) / (0.01 * sens + 0.99 * (1 - spec)), 12);
    const low = rare['ppvAtPrevalence']!.interval!;
    expect(low[0]).toBeLessThan(at(rare, 'ppvAtPrevalence')!);
    expect(low[1]).toBeGreaterThan(at(rare, 'ppvAtPrevalence')!);
  });

  it('takes patients, not records: each record ten times over tells nothing new', () => {
    const own = simulated(80, 7);
    const ten = <T>(values: ArrayLike<T>) => Array.from({ length: 800 }, (_, i) => values[i % 80]!);
    const ids = Array.from({ length: 800 }, (_, i) => `p${i % 80}`);
    const once = evaluate(own, few);
    const copied = evaluate(predictions(ten(own.outputs), ten(own.labels), ids), few);
    expect(copied).toMatchObject({ records: 800, patients: 80 });
    for (const name of [
      'auroc',
      'accuracy',
      'sensitivity',
      'brier',
      'observedExpected',
      'calibrationSlope',
      'mcc',
      'auprc',
    ]) {
      const [a, b] = [once, copied].map(({ figures }) => figures[name]!.interval!);
      const width = b![1] - b![0];
      expect(width / (a![1] - a![0]), name).toBeGreaterThan(0.85);
      expect(width / (a![1] - a![0]), name).toBeLessThan(1.25);
    }
  });

  it('gives curves of at most some hundred points, of which the ROC keeps the area', () => {
    const own = simulated(3000, 8);
    const { curves, figures } = evaluate(own, { bootstrap: { draws: 2, seed: 0 } });
    const roc = curves!.roc!;
    expect(roc.length).toBeLessThanOrEqual(101);
    expect([roc[0]!.sensitivity, roc.at(-1)!.sensitivity]).toEqual([0, 1]);
    const area = roc.slice(1).reduce((sum, { sensitivity, specificity }, i) => {
      const before = roc[i]!;
      return sum + ((sensitivity + before.sensitivity) / 2) * (before.specificity - specificity);
    }, 0);
    expect(Math.abs(area - at(figures, 'auroc')!)).toBeLessThan(0.005);
    expect(curves!.reliability!.reduce((sum, { records }) => sum + records, 0)).toBe(3000);
    expect(curves!.netBenefit).toHaveLength(99);
  });
});

describe('evaluate, of many classes', () => {
  const softmax: Predictions = {
    loss: 'softmax-cross-entropy',
    outputs: Float32Array.from({ length: 300 }, (_, i) => Math.sin(i * 1.7) * 2),
    labels: Float32Array.from({ length: 100 }, (_, i) => (i * 7) % 3),
    classes: ['a', 'b', 'c'],
  };

  it('gives what modelMetrics gives, and each class against the rest', () => {
    const { figures, byClass, confusion, task } = evaluate(softmax, few);
    const metrics = modelMetrics(softmax.loss, softmax.outputs, softmax.labels);
    expect(task).toBe('classes');
    expect(at(figures, 'accuracy')).toBe(metrics['accuracy']);
    expect(at(figures, 'logLoss')).toBeCloseTo(metrics['loss']!, 12);
    expect(Object.keys(byClass!)).toEqual(['a', 'b', 'c']);
    expect(confusion!.counts.flat().reduce((a, b) => a + b, 0)).toBe(100);
    const recalls = Object.values(byClass!).map(({ sensitivity }) => sensitivity!.value!);
    expect(at(figures, 'balancedAccuracy')).toBeCloseTo(recalls.reduce((a, b) => a + b, 0) / 3, 12);
  });

  it('is the same for two outputs as for their difference', () => {
    const one = simulated(60, 9);
    const two = Float32Array.from({ length: 120 }, (_, i) => (i % 2 ? one.outputs[(i - 1) / 2]! : 0));
    expect(evaluate({ ...one, loss: 'softmax-cross-entropy', outputs: two }, few)).toEqual(evaluate(one, few));
  });
});

describe('compareModels', () => {
  it('is the difference of the figures, with narrower intervals than of two independent sets', () => {
    const ours = simulated(300, 10);
    const noise = new Random(11);
    const theirs = { ...ours, outputs: ours.outputs.map((x) => x + 0.5 * noise.normal()) };
    const difference = compareModels(ours, theirs, { bootstrap: { draws: 200, seed: 0 } });
    const [a, b] = [ours, theirs].map((one) => evaluate(one, few).figures);
    for (const name of ['auroc', 'accuracy', 'brier', 'calibrationSlope', 'auprc', 'mcc']) {
      const { value, interval } = difference[name]!;
      expect(value, name).toBeCloseTo(at(a!, name)! - at(b!, name)!, 12);
      const [low, high] = a![name]!.interval!;
      expect(interval![1] - interval![0], name).toBeLessThan(high - low);
    }
  });

  it('has no interval for a model beside itself, and refuses other records', () => {
    const own = simulated(50, 12);
    expect(compareModels(own, own, few)['auroc']).toMatchObject({ value: 0, interval: null });
    expect(() => compareModels(own, simulated(50, 13), few)).toThrow(
      expect.objectContaining({ code: 'ARGUMENT_INVALID' }),
    );
  });
});

describe('evaluateSubgroups', () => {
  const own = simulated(200, 14);
  const codes = Uint8Array.from({ length: 200 }, (_, i) => (i < 5 ? 255 : i % 2));
  const groups = [{ name: 'sex', levels: ['f', 'm', 'none'], codes }];

  it('gives each level by itself, and its distance from the others', () => {
    const [f, m, ...rest] = evaluateSubgroups(own, groups, few);
    expect(rest).toEqual([]);
    expect([f!.level, f!.evaluation.records, m!.evaluation.records]).toEqual(['f', 97, 98]);
    const gap = f!.gaps['auroc']!;
    expect(gap.value).toBeCloseTo(at(f!.evaluation.figures, 'auroc')! - at(m!.evaluation.figures, 'auroc')!, 12);
    expect(m!.gaps['auroc']!.interval![0]).toBeCloseTo(-gap.interval![1], 12);
  });

  it('has no interval where a patient is on both sides', () => {
    const patientIds = Array.from({ length: 200 }, (_, i) => `p${i >> 1}`);
    const [f] = evaluateSubgroups({ ...own, patientIds }, groups, few);
    expect(f!.gaps['auroc']).toMatchObject({ interval: null, because: expect.stringMatching(/both/) });
  });
});

describe('chooseThreshold', () => {
  it('reaches what it was asked for on its own records, and no more than it has to', () => {
    fc.assert(
      fc.property(
        scored,
        fc.constantFrom('sensitivity', 'specificity'),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (own, rule, at) => {
          fc.pre(own.labels.includes(0) && own.labels.includes(1));
          const threshold = chooseThreshold(own, { rule, at });
          const reached = (t: number) => evaluate(own, { ...few, threshold: t }).figures[rule]!.value!;
          expect(reached(threshold)).toBeGreaterThanOrEqual(at - 1e-9);
          const others = [...own.outputs]
            .map(sigmoid)
            .filter((p) => (rule === 'sensitivity' ? p > threshold : p < threshold));
          if (others.length === 0) return;
          const next = rule === 'sensitivity' ? Math.min(...others) : Math.max(...others);
          expect(reached(next)).toBeLessThan(at);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('finds the largest sum of both', () => {
    const own = predictions([-2, -1, 0, 1, 2], [0, 0, 1, 0, 1]);
    expect(chooseThreshold(own, { rule: 'youden' })).toBe(0.5);
    expect(() => chooseThreshold(predictions([1, 2], [1, 1]), { rule: 'youden' })).toThrow(/one class/);
  });
});
