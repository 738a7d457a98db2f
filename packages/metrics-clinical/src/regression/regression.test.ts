import { Random } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { patientsOf } from '../influence/influence.js';
import { student95 } from '../influence/student.js';
import { agreement } from './agreement.js';
import { valueFigures } from './figures.js';

const outputs = Float32Array.of(2.5, 0, 2, 8, 5.5, 7);
const labels = Float32Array.of(3, -0.5, 2, 7, 6, 6.25);
const predictions = { loss: 'squared-error' as const, outputs, labels };
const patientIds = ['a', 'a', 'b', 'c', 'c', 'd'];

/** The error that an interval was made of. */
const errorOf = ({ interval }: { interval: readonly [number, number] | null }, degrees: number) =>
  (interval![1] - interval![0]) / 2 / student95(degrees);

describe('quantiles of Student', () => {
  it('are those of scipy 1.x', () => {
    const known: [number, number][] = [
      [1, 12.706204736174694],
      [2, 4.302652729749462],
      [3, 3.1824463052837078],
      [10, 2.228138851986274],
      [31, 2.039513446396408],
      [199, 1.9719565442517533],
      [200, 1.9718962236339088],
      [5000, 1.9604385517065073],
    ];
    for (const [degrees, quantile] of known) expect(student95(degrees)).toBeCloseTo(quantile, 9);
  });
});

describe('valueFigures', () => {
  const { figures, curves } = valueFigures(predictions, {});

  it('are those of numpy 2.4', () => {
    expect(figures['rmse']!.value).toBeCloseTo(0.6208193510729725, 12);
    expect(figures['mae']!.value).toBeCloseTo(0.5416666666666666, 12);
    expect(figures['rSquared']!.value).toBeCloseTo(0.9465961029588645, 12);
    expect(figures['bias']!.value).toBeCloseTo(0.20833333333333334, 12);
    const half = 1.959963984540054 * 0.6406377031260857;
    expect(figures['agreementLower']!.value).toBeCloseTo(0.20833333333333334 - half, 12);
    expect(figures['agreementUpper']!.value).toBeCloseTo(0.20833333333333334 + half, 12);
    expect(figures['calibrationSlope']!.value).toBeCloseTo(0.9180743243243245, 12);
    expect(figures['calibrationIntercept']!.value).toBeCloseTo(0.1330236486486483, 12);
  });

  it('have errors over patients: those of a mean, and of the line those of leaving one out', () => {
    expect(errorOf(figures['bias']!, 5)).toBeCloseTo(0.6406377031260857 / Math.sqrt(6), 10);
    const limit = 0.6406377031260857 * Math.sqrt(1 / 6 + 1.959963984540054 ** 2 / 10);
    expect(errorOf(figures['agreementUpper']!, 5)).toBeCloseTo(limit, 10);
    expect(errorOf(figures['calibrationSlope']!, 4)).toBeCloseTo(0.12658786585576115, 10);
    const byPatient = valueFigures({ ...predictions, patientIds }, {}).figures;
    expect(errorOf(byPatient['calibrationSlope']!, 2)).toBeCloseTo(0.07838167627359985, 10);
    expect(errorOf(byPatient['calibrationIntercept']!, 2)).toBeCloseTo(0.44407195289042845, 10);
  });

  it('has residuals of label minus prediction, some hundred at most', () => {
    expect(curves!.residuals![0]).toEqual({ predicted: 0, residual: -0.5 });
    const random = new Random('residuals');
    const many = Float32Array.from({ length: 5000 }, () => random.normal());
    const thinned = valueFigures({ loss: 'squared-error', outputs: many, labels: many.map((x) => 2 * x) }, {}).curves!;
    expect(thinned.residuals).toHaveLength(300);
    for (const { predicted, residual } of thinned.residuals!) expect(residual).toBeCloseTo(predicted, 5);
    expect(valueFigures(predictions, { curves: false }).curves).toBeUndefined();
  });

  it('says what is not defined, in JSON that has no NaN', () => {
    for (const [x, y] of [
      [[1], [2]],
      [
        [1, 1],
        [2, 3],
      ],
      [
        [1, 2],
        [3, 3],
      ],
      [
        [1, 2],
        [1, 2],
      ],
    ] as const) {
      const told = valueFigures(
        { loss: 'squared-error', outputs: Float32Array.from(x), labels: Float32Array.from(y) },
        {},
      );
      expect(JSON.parse(JSON.stringify(told))).toEqual(told);
      for (const { value, interval, because } of Object.values(told.figures))
        expect(value !== null && interval !== null ? true : because).toBeTruthy();
    }
    expect(() => valueFigures({ ...predictions, outputs: outputs.with(1, NaN) }, {})).toThrow(
      expect.objectContaining({ code: 'UPDATE_NOT_FINITE' }),
    );
  });
});

describe('limits of agreement', () => {
  it('have the variance between patients and within them, where patients have several records', () => {
    const differences = Float64Array.from(outputs, (x, i) => x - labels[i]!);
    const { bias, upper } = agreement(differences, patientsOf(6, ['a', 'b', 'c', 'b', 'a', 'b']));
    expect(upper.value! - bias.value!).toBeCloseTo(1.959963984540054 * 0.7379075658628089, 10);
  });

  it('hold 95 % of new patients, however many records those had that they were learned from', () => {
    const random = new Random('agreement');
    const ids = Array.from({ length: 4000 }, (_, i) => `p${Math.floor(i / 8)}`);
    let own = 0;
    const differences = Float64Array.from(ids, (_, i) => {
      if (i % 8 === 0) own = random.normal();
      return own + random.normal() / 2;
    });
    const { lower, upper } = agreement(differences, patientsOf(4000, ids));
    expect((upper.value! - lower.value!) / 2 / 1.96).toBeCloseTo(Math.sqrt(1.25), 1);
    expect(upper.interval![1] - upper.interval![0]).toBeGreaterThan(2.5 * Math.sqrt(1.25 / 500)); // of 500, not 4,000
  });
});
