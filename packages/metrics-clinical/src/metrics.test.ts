import type { ErrorCode } from '@fedward/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accuracy,
  auroc,
  classificationMetrics,
  logOdds,
  meanLoss,
  modelMetrics,
  predictedClasses,
  regressionMetrics,
  sigmoid,
  softmax,
} from './index.js';

const float = fc.float({ noNaN: true, noDefaultInfinity: true, min: -100, max: 100 });
/** Scores with many ties, and labels of two classes. */
const scored = fc.array(fc.tuple(fc.integer({ min: -4, max: 4 }), fc.integer({ min: 0, max: 1 })), {
  minLength: 1,
  maxLength: 40,
});

function expectCode(code: ErrorCode, run: () => unknown, message: RegExp): void {
  expect(run).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
}

describe('auroc', () => {
  it('is the share of pairs in the right order, ties counting half', () => {
    fc.assert(
      fc.property(scored, (records) => {
        const of = (label: number) => records.filter(([, y]) => y === label).map(([x]) => x);
        const pairs: number[] = of(1).flatMap((p) => of(0).map((n): number => (p > n ? 1 : p === n ? 0.5 : 0)));
        const expected = pairs.length ? pairs.reduce((a, b) => a + b, 0) / pairs.length : undefined;
        const found = auroc(
          records.map(([x]) => x),
          records.map(([, y]) => y),
        );
        if (expected === undefined) expect(found).toBeUndefined();
        else expect(found).toBeCloseTo(expected, 12);
      }),
    );
  });

  it('does not depend on the order of records, and turns to 1 - area when scores change sign', () => {
    fc.assert(
      fc.property(scored, (records) => {
        const x = records.map(([score]) => score);
        const y = records.map(([, label]) => label);
        const area = auroc(x, y);
        expect(auroc(x.toReversed(), y.toReversed())).toBe(area);
        const mirrored = auroc(
          x.map((score) => -score),
          y,
        );
        if (area === undefined) expect(mirrored).toBeUndefined();
        else expect(mirrored).toBeCloseTo(1 - area, 12);
      }),
    );
  });

  it('refuses what is no score or no label', () => {
    expectCode('ARGUMENT_INVALID', () => auroc([0, NaN], [0, 1]), /record 1 is NaN/);
    expectCode('LABEL_INVALID', () => auroc([0, 1], [0, 2]), /record 1 is 2/);
    expectCode('ARGUMENT_INVALID', () => auroc([0], [0, 1]), /1 scores for 2 labels/);
    expectCode('DATA_EMPTY', () => auroc([], []), /no record/);
  });
});

describe('softmax and sigmoid', () => {
  it('give probabilities that do not change when all logits shift', () => {
    fc.assert(
      fc.property(
        fc.array(float, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: -50, max: 50 }),
        (logits, shift) => {
          const p = softmax(logits);
          expect(p.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
          const shifted = softmax(logits.map((x) => x + shift));
          p.forEach((probability, i) => expect(shifted[i]).toBeCloseTo(probability, 10));
        },
      ),
    );
  });

  it('agree on two classes, and sigmoid(-x) = 1 - sigmoid(x)', () => {
    fc.assert(
      fc.property(float, float, (a, b) => {
        expect(softmax([a, b])[1]).toBeCloseTo(sigmoid(b - a), 12);
        expect(sigmoid(-a)).toBeCloseTo(1 - sigmoid(a), 12);
      }),
    );
  });

  it('stay finite at the ends of float32', () => {
    expect([...softmax([3e38, -3e38])]).toEqual([1, 0]);
    expect([sigmoid(3e38), sigmoid(-3e38)]).toEqual([1, 0]);
  });
});

describe('meanLoss', () => {
  it('is minus the mean log-probability of the labels', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.array(fc.float({ noNaN: true, min: -20, max: 20 }), { minLength: 3, maxLength: 3 }), fc.nat(2)),
          {
            minLength: 1,
            maxLength: 10,
          },
        ),
        (records) => {
          const outputs = Float32Array.from(records.flatMap(([x]) => x));
          const labels = Float32Array.from(records, ([, y]) => y);
          const expected = records.reduce((sum, [x, y]) => sum - Math.log(softmax(x)[y]!), 0) / records.length;
          expect(meanLoss('softmax-cross-entropy', outputs, labels)).toBeCloseTo(expected, 9);
        },
      ),
    );
  });

  it('is the same for one logit and for two whose difference it is', () => {
    const one = Float32Array.of(0.5, -1.25, 3);
    const two = Float32Array.of(1, 1.5, 0.25, -1, -3, 0);
    const labels = Float32Array.of(1, 1, 0);
    expect(meanLoss('softmax-cross-entropy', two, labels)).toBeCloseTo(
      meanLoss('sigmoid-cross-entropy', one, labels),
      14,
    );
    expect(logOdds(two, 2)).toEqual(logOdds(one, 1));
  });
});

describe('predictedClasses', () => {
  it('takes the first of equal logits, and class 0 at even odds', () => {
    expect([...predictedClasses(Float32Array.of(0, 0, 0, -1, 2, 2), 3)]).toEqual([0, 1]);
    expect([...predictedClasses(Float32Array.of(0, 0.1, -0.1), 1)]).toEqual([0, 1, 0]);
  });
});

describe('modelMetrics', () => {
  const two = Float32Array.of(0, 1, 1, 0);

  it('judges a model by its loss', () => {
    const labels = Float32Array.of(1, 0);
    expect(modelMetrics('softmax-cross-entropy', two, labels)).toEqual(
      classificationMetrics('softmax-cross-entropy', two, labels),
    );
    expect(modelMetrics('squared-error', labels, labels)).toEqual(regressionMetrics(labels, labels));
  });

  it('judges a regression by its errors, and against the mean of the labels', () => {
    const value = fc.float({ noNaN: true, noDefaultInfinity: true, min: -100, max: 100 });
    const pairs = fc.array(fc.tuple(value, value), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(pairs, (records) => {
        const labels = Float32Array.from(records, ([, y]) => y);
        const { rSquared, ...errors } = regressionMetrics(
          Float32Array.from(records, ([x]) => x),
          labels,
        );
        const mean = labels.reduce((sum, y) => sum + y, 0) / labels.length;
        const squares = labels.reduce((sum, y) => sum + (y - mean) ** 2, 0);
        fc.pre(squares > 1e-3);
        expect(1 - rSquared!).toBeCloseTo((errors.rootMeanSquaredError! ** 2 * labels.length) / squares, 6);
        expect(errors.meanAbsoluteError).toBeLessThanOrEqual(errors.rootMeanSquaredError! * (1 + 1e-9));
        expect(regressionMetrics(labels, labels).rSquared).toBe(1);
      }),
    );
  });

  it('gives a model that says the mean 0, a worse one less, and none where all labels are one', () => {
    const labels = Float32Array.of(1, 2, 6);
    expect(regressionMetrics(Float32Array.of(3, 3, 3), labels).rSquared).toBe(0);
    expect(regressionMetrics(Float32Array.of(0, 0, 0), labels).rSquared).toBeCloseTo(1 - 41 / 14, 12);
    // Their mean is rounded, so that their deviations from it are not 0.
    const constant = Float32Array.of(0.1, 0.1, 0.1);
    expect(Object.keys(regressionMetrics(Float32Array.of(1, 2, 3), constant))).toEqual([
      'loss',
      'meanAbsoluteError',
      'rootMeanSquaredError',
    ]);
  });

  it('judges a survival model by its likelihood and its order', () => {
    const [hazards, times] = [Float32Array.of(0, Math.log(2), 0, 1), Float32Array.of(1, 2, -2, -3)];
    const loss = (Math.log(4 + Math.E) + Math.log((3 + Math.E) / 2)) / 4;
    expect(modelMetrics('cox', hazards, times)).toEqual({ loss: expect.closeTo(loss, 6), cIndex: 1.5 / 5 });
    expect(
      modelMetrics(
        'cox',
        hazards,
        times.map(Math.abs).map((t) => -t),
      ),
    ).toEqual({ loss: 0 });
  });

  it('leaves the area out where only one class occurs', () => {
    expect(Object.keys(modelMetrics('softmax-cross-entropy', two, Float32Array.of(1, 1)))).toEqual([
      'loss',
      'accuracy',
    ]);
  });

  it('refuses, by name, what it cannot evaluate', () => {
    const evaluate = (outputs: number[], labels: number[]) => () =>
      modelMetrics('softmax-cross-entropy', Float32Array.from(outputs), Float32Array.from(labels));
    expectCode('DATA_EMPTY', evaluate([], []), /no record/);
    expectCode('ARGUMENT_INVALID', evaluate([1, 2, 3], [0, 1]), /3 outputs for 2 labels/);
    expectCode('ARGUMENT_INVALID', evaluate([1, 2], [0, 1]), /2 outputs for 2 labels/);
    expectCode('UPDATE_NOT_FINITE', evaluate([1, 2, 3, NaN], [0, 1]), /record 1 is NaN/);
    expectCode('LABEL_INVALID', evaluate([1, 2, 3, 4], [0, 2]), /record 1 is 2, not a class from 0 to 1/);
    expectCode('LABEL_INVALID', evaluate([1, 2, 3, 4], [0.5, 1]), /record 0 is 0.5/);
    expectCode('ARGUMENT_INVALID', () => classificationMetrics('squared-error', two, two), /no loss of a classifier/);
    expectCode('ARGUMENT_INVALID', () => classificationMetrics('cox', two, two), /no loss of a classifier/);
    expectCode(
      'LABEL_INVALID',
      () => meanLoss('cox', Float32Array.of(1, 2), Float32Array.of(1, 0)),
      /record 1 is 0, no time/,
    );
    expectCode('ARGUMENT_INVALID', () => meanLoss('sigmoid-cross-entropy', two, Float32Array.of(0, 1)), /4 outputs/);
    expectCode('LABEL_INVALID', () => regressionMetrics(Float32Array.of(1), Float32Array.of(NaN)), /record 0 is NaN/);
    expectCode('ARGUMENT_INVALID', () => accuracy([1], [1, 0]), /1 predicted for 2 labels/);
  });
});
