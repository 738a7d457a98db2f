import { Random } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { nightly } from '../../../../tools/testing/nightly.js';
import { binaryRecords } from '../binary/records.js';
import { resampledFigures } from '../binary/resampling.js';
import { compareModels, evaluate, evaluateSubgroups } from '../index.js';
import type { Figures, Predictions } from '../index.js';
import { figuresOf } from '../intervals/estimate.js';

/*
 * How often 95 % intervals hold the truth, in 1,000 simulated test sets a case. Scores of either class are normal with
 * variance 1 and means `distance` apart, so that the truth has closed forms: AUROC Phi(distance / sqrt 2), and the
 * log-odds distance x - distance^2 / 2 + logit(prevalence) are calibrated, with slope 1 and intercept 0.
 */
const sets = 1000;
const prevalence = 0.4;

interface Case {
  readonly name: string;
  readonly patients: number;
  readonly distance: number;
  /** Records a patient: from 1 to this, each as often. */
  readonly mostRecords: number;
  /** Of the scores of two records of one patient, beside the class, which they share. */
  readonly correlation: number;
}

/** Standard normal distribution function, by Simpson's rule from 0. */
function normalCdf(x: number): number {
  const steps = 2000;
  const density = (t: number) => Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI);
  let sum = density(0) + density(x);
  for (let i = 1; i < steps; i++) sum += density((x * i) / steps) * (i % 2 ? 4 : 2);
  return 0.5 + (sum * x) / steps / 3;
}

function truth(distance: number): Readonly<Record<string, number>> {
  const cut = distance / 2 - Math.log(prevalence / (1 - prevalence)) / distance;
  const sensitivity = normalCdf(distance - cut);
  const specificity = normalCdf(cut);
  const [TP, FN] = [prevalence * sensitivity, prevalence * (1 - sensitivity)];
  const [FP, TN] = [(1 - prevalence) * (1 - specificity), (1 - prevalence) * specificity];
  const byChance = (TP + FN) * (TP + FP) + (TN + FN) * (TN + FP);
  const z90 = 1.2815515655446004;
  return {
    f1: (2 * TP) / (2 * TP + FP + FN),
    mcc: (TP * TN - FP * FN) / Math.sqrt((TP + FP) * (TP + FN) * (TN + FP) * (TN + FN)),
    kappa: (TP + TN - byChance) / (1 - byChance),
    sensitivityAtSpecificity: normalCdf(distance - z90),
    specificityAtSensitivity: normalCdf(distance - z90),
    auroc: normalCdf(distance / Math.SQRT2),
    accuracy: prevalence * sensitivity + (1 - prevalence) * specificity,
    sensitivity,
    specificity,
    balancedAccuracy: (sensitivity + specificity) / 2,
    calibrationSlope: 1,
    calibrationIntercept: 0,
    calibrationInTheLarge: 0,
    observedExpected: 1,
    ppvAtPrevalence: (0.1 * sensitivity) / (0.1 * sensitivity + 0.9 * (1 - specificity)),
  };
}

function simulated({ patients, distance, mostRecords, correlation }: Case, random: Random): Predictions {
  const [outputs, labels, patientIds]: [number[], number[], string[]] = [[], [], []];
  for (let patient = 0; patient < patients; patient++) {
    const y = Number(random.bernoulli(prevalence));
    const own = random.normal() * Math.sqrt(correlation);
    for (let record = random.integer(0, mostRecords); record >= 0; record--) {
      const x = distance * y + own + random.normal() * Math.sqrt(1 - correlation);
      outputs.push(distance * x - distance ** 2 / 2 + Math.log(prevalence / (1 - prevalence)));
      labels.push(y);
      patientIds.push(`p${patient}`);
    }
  }
  return {
    loss: 'sigmoid-cross-entropy',
    outputs: Float32Array.from(outputs),
    labels: Float32Array.from(labels),
    patientIds,
  };
}

/** Share of the sets in which the interval holds the truth, by figure. */
function coverage(
  own: readonly string[],
  true_: Readonly<Record<string, number>>,
  figuresOf: (set: number) => Figures,
) {
  const held = new Map(own.map((name) => [name, 0]));
  const told = new Map(own.map((name) => [name, 0]));
  for (let set = 0; set < sets; set++) {
    const figures = figuresOf(set);
    for (const name of own) {
      const interval = figures[name]?.interval;
      if (!interval) continue;
      told.set(name, told.get(name)! + 1);
      if (interval[0] <= true_[name]! && true_[name]! <= interval[1]) held.set(name, held.get(name)! + 1);
    }
  }
  return Object.fromEntries(own.map((name) => [name, held.get(name)! / told.get(name)!]));
}

function expectNominal(found: Readonly<Record<string, number>>): void {
  for (const [name, share] of Object.entries(found)) {
    expect(share, name).toBeGreaterThanOrEqual(0.93);
    expect(share, name).toBeLessThanOrEqual(0.97);
  }
}

const withoutDraws = { curves: false, bootstrap: { draws: 1, seed: 0 }, prevalence: 0.1 } as const;
const closed = [
  'auroc',
  'accuracy',
  'calibrationSlope',
  'calibrationIntercept',
  'calibrationInTheLarge',
  'observedExpected',
  'sensitivity',
  'specificity',
];

const cases: readonly Case[] = [
  { name: '200 patients with a record each', patients: 200, distance: 1.2, mostRecords: 1, correlation: 0 },
  { name: '60 patients with a record each', patients: 60, distance: 1.2, mostRecords: 1, correlation: 0 },
  {
    name: '150 patients, of 1 to 5 correlated records',
    patients: 150,
    distance: 1.2,
    mostRecords: 5,
    correlation: 0.6,
  },
];

describe('95 % intervals hold the truth in 93 to 97 % of 1,000 test sets', () => {
  it.each(cases)('$name', (one) => {
    const random = new Random(`coverage ${one.name}`);
    expectNominal(
      coverage(
        one.patients < 100 ? closed : [...closed, 'ppvAtPrevalence'],
        truth(one.distance),
        (set) => evaluate(simulated(one, random.fork(set)), withoutDraws).figures,
      ),
    );
  });

  it('of bootstraps, for 150 patients', () => {
    const one: Case = { ...cases[0]!, patients: 150 };
    const random = new Random('bootstraps');
    const options = { curves: false, bootstrap: { draws: 1000, seed: 5 } };
    expectNominal(
      coverage(
        ['balancedAccuracy'],
        truth(one.distance),
        (set) => evaluate(simulated(one, random.fork(set)), options).figures,
      ),
    );
  });

  it.skipIf(!nightly)(
    'of samples of 20,000 patients, of 1 to 2 correlated records (each night)',
    () => {
      const one: Case = { ...cases[2]!, patients: 20_000, mostRecords: 2 };
      const random = new Random('samples');
      const own = ['balancedAccuracy', 'f1', 'mcc', 'kappa', 'sensitivityAtSpecificity', 'specificityAtSensitivity'];
      expectNominal(
        coverage(own, truth(one.distance), (set) => {
          const { outputs, labels, patientIds } = simulated(one, random.fork(set));
          const records = binaryRecords(Float64Array.from(outputs), labels, patientIds);
          const estimates = resampledFigures(records, 0.9, { draws: 1000, seed: set });
          expect(estimates.f1.figure.method).toBe('subsampling');
          return figuresOf({ ...estimates });
        }),
      );
    },
    900_000,
  );

  it('records taken for patients would not: the intervals are too narrow', () => {
    const random = new Random('rows');
    const one = cases[2]!;
    const found = coverage(['auroc', 'accuracy'], truth(one.distance), (set) => {
      const { patientIds: _, ...rows } = simulated(one, random.fork(set));
      return evaluate(rows, withoutDraws).figures;
    });
    for (const share of Object.values(found)) expect(share).toBeLessThan(0.9);
  });

  it('of a gap between subgroups', () => {
    const random = new Random('gap');
    const [a, b] = [
      { ...cases[0]!, patients: 100, distance: 1 },
      { ...cases[0]!, patients: 150, distance: 1.6 },
    ];
    const [ta, tb] = [truth(a.distance), truth(b.distance)];
    const names = ['auroc', 'accuracy', 'sensitivity'];
    const gap = Object.fromEntries(names.map((name) => [name, ta[name]! - tb[name]!]));
    const codes = Uint8Array.from({ length: 250 }, (_, i) => Number(i >= 100));
    expectNominal(
      coverage(names, gap, (set) => {
        const [one, other] = [simulated(a, random.fork(set, 0)), simulated(b, random.fork(set, 1))];
        const both: Predictions = {
          loss: one.loss,
          outputs: Float32Array.of(...one.outputs, ...other.outputs),
          labels: Float32Array.of(...one.labels, ...other.labels),
        };
        return evaluateSubgroups(both, [{ name: 'group', levels: ['a', 'b'], codes }], withoutDraws)[0]!.gaps;
      }),
    );
  });

  it('of the difference of two models on the same patients', () => {
    const random = new Random('models');
    const one = cases[2]!;
    // The second sees the first's score through noise of variance 1: its classes are distance / sqrt 2 apart.
    const noisy = truth(one.distance / Math.SQRT2)['auroc']!;
    const difference = { auroc: truth(one.distance)['auroc']! - noisy };
    expectNominal(
      coverage(['auroc'], difference, (set) => {
        const ours = simulated(one, random.fork(set));
        const noise = random.fork(set, 'noise');
        const theirs = { ...ours, outputs: ours.outputs.map((x) => x + one.distance * noise.normal()) };
        return compareModels(ours, theirs, withoutDraws);
      }),
    );
  });
});
