import type { Metrics } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { populationOf } from '../scenario/population.js';
import type { Hospital, Population } from '../scenario/scenario.js';
import * as warnings from './warnings.js';

const data = (labels: readonly number[], patientIds?: readonly string[]) => ({
  count: labels.length,
  featureShape: [1],
  features: new Float32Array(labels.length),
  labels: Float32Array.from(labels),
  ...(patientIds && { patientIds }),
});
const shuffled: warnings.Drawn = { batches: { kind: 'shuffle', size: 16, epochs: 1 }, unit: undefined };
const warningsOf = (population: Population, final: Metrics, drawn = shuffled) =>
  warnings.warningsOf(population, final, drawn);
/** So many of class 0, and then of class 1. */
const classes = (zeros: number, ones: number) =>
  data([...Array<number>(zeros).fill(0), ...Array<number>(ones).fill(1)]);

function population(test: Hospital['test'], about: Partial<Hospital> = {}, classCount = 2): Population {
  const hospital = { id: 'north', train: classes(50, 50), test: classes(50, 50), ...about };
  return populationOf([hospital], { test, inputShape: [1], classes: classCount });
}
const codes = (...args: Parameters<typeof warningsOf>) => warningsOf(...args).map(({ code }) => code);

describe('warnings of a result', () => {
  it('are none where there is nothing to warn of', () => {
    expect(warningsOf(population(classes(60, 40)), { accuracy: 0.8 })).toEqual([]);
    expect(warningsOf(population(data(Array.from({ length: 60 }, (_, i) => i)), {}, 1), { rSquared: 0.1 })).toEqual([]);
  });

  it('say that the mean is better', () => {
    const values = population(data(Array.from({ length: 60 }, (_, i) => i)), {}, 1);
    const [warning] = warningsOf(values, { rSquared: -0.26 });
    expect(warning).toMatchObject({
      code: 'WORSE_THAN_MEAN',
      message: expect.stringMatching(/^R² is -0\.26: .*worse/),
    });
  });

  it('say that no model is better, or as good', () => {
    const of = (accuracy: number) => warningsOf(population(classes(60, 40)), { accuracy });
    expect(of(0.55)[0]).toMatchObject({ code: 'BELOW_MAJORITY', message: expect.stringContaining('60.0%') });
    // Two standard errors at 60 of 100 are 9.8 points.
    expect([0.6, 0.69, 0.71].map((accuracy) => of(accuracy).map(({ code }) => code))).toEqual([
      ['NOT_ABOVE_MAJORITY'],
      ['NOT_ABOVE_MAJORITY'],
      [],
    ]);
  });

  it('say that an accuracy tells little where one class is rare', () => {
    expect(codes(population(classes(970, 30)), { accuracy: 0.967 })).toEqual(['BELOW_MAJORITY', 'RARE_CLASS']);
    expect(codes(population(classes(970, 30)), { accuracy: 0.99 })).toEqual(['RARE_CLASS']);
    expect(warningsOf(population(classes(970, 30)), { accuracy: 0.99 })[0]!.message).toContain('--class-weights');
  });

  it('say that patients are ranked worse than by chance', () => {
    const of = (auroc: number) => codes(population(classes(60, 40)), { accuracy: 0.8, auroc });
    expect([0.03, 0.499, 0.5, 0.9].map(of)).toEqual([['BELOW_CHANCE'], ['BELOW_CHANCE'], [], []]);
  });

  it('say that batches are not as large as what their sum is divided by', () => {
    const ids = Array.from({ length: 100 }, (_, i) => `p${i % 10}`);
    const train = data(classes(50, 50).labels as unknown as number[], ids);
    const of = (expectedSize: number, unit: 'record' | 'patient') =>
      warningsOf(
        population(classes(60, 40), { train }),
        { accuracy: 0.8 },
        {
          batches: { kind: 'poisson', probability: 0.5, steps: 1, expectedSize },
          unit,
        },
      );
    expect(of(10, 'record')).toEqual([]); // 50 in a batch
    expect(of(250, 'record')).toEqual([]);
    expect(of(9, 'record')[0]).toMatchObject({ code: 'BATCH_NOT_AS_DIVIDED', hospital: 'north' });
    expect(of(9, 'record')[0]!.message).toMatch(/has 50 records on average.*divided by 9.*5\.6 times as long/);
    expect(of(251, 'record')[0]!.message).toMatch(/0\.2 times as long/);
    expect(of(0.9, 'patient')[0]!.message).toMatch(/has 5 patients on average/);
    expect(of(9, 'patient')).toEqual([]);
  });

  it('say that a test part is small, by patients', () => {
    const [warning] = warningsOf(population(classes(60, 40), { test: classes(8, 8) }), { accuracy: 0.8 });
    expect(warning).toMatchObject({ code: 'SMALL_TEST', hospital: 'north' });
    expect(warning!.message).toMatch(/^The test part of north has 16 patients: one of them is 6 points/);
    const ids = Array.from({ length: 100 }, (_, i) => `p${i % 3}`);
    const few = { test: data(classes(50, 50).labels as unknown as number[], ids) };
    expect(warningsOf(population(classes(60, 40), few), { accuracy: 0.8 })[0]!.message).toContain('has 3 patients');
    expect(codes(population(classes(6, 4)), { accuracy: 1 })).toEqual(['SMALL_TEST']);
  });

  it('say that a test part of survival has few events, however many patients it has', () => {
    const survival = (events: number, censored: number) =>
      data([...Array<number>(events).fill(3), ...Array<number>(censored).fill(-5)]);
    const of = (events: number, censored: number) => {
      const test = survival(events, censored);
      const cox: Population = {
        ...population(survival(20, 20), { train: survival(9, 9), test }, 1),
        label: 'time-to-event',
      };
      return warningsOf(cox, { cIndex: 0.7 }).map(({ hospital, message }) => [hospital, message]);
    };
    expect(of(10, 20)).toEqual([]);
    const chance = 'a difference between two models there is mostly chance.';
    expect(of(9, 90)).toEqual([['north', `The test part of north has 99 patients, with 9 events: ${chance}`]]);
    expect(of(2, 10)).toEqual([['north', `The test part of north has 12 patients, with 2 events: ${chance}`]]);
    expect(of(1, 10)[0]![1]).toMatch(/11 patients, with 1 event: .* where it is defined at all/);
    expect(of(0, 40)[0]![1]).toMatch(/40 patients, with 0 events: .* no concordance is defined/);
  });

  it('say that a part is of one class', () => {
    expect(codes(population(classes(60, 40), { train: classes(0, 50) }), { accuracy: 0.8 })).toEqual(['ONE_CLASS']);
    expect(codes(population(classes(60, 0)), { accuracy: 1 })).toContain('ONE_CLASS');
  });

  it('say that many rows were left out', () => {
    const rows = { read: 40, used: 4, dropped: [{ reason: 'no value in bp', rows: 36 }] };
    const [warning] = warningsOf(population(classes(60, 40), { rows }), { accuracy: 0.8 });
    expect(warning).toMatchObject({ code: 'ROWS_DROPPED', hospital: 'north' });
  });
});
