import { Random } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { valueFigures } from '../regression/figures.js';
import { breslowBaseline, survivalProbabilities } from './baseline.js';
import { survivalFigures } from './figures.js';

/*
 * 1,000 simulated test sets each: 95 % intervals have to hold the figure of the whole population in 93 to 97 % of them,
 * or more where a docstring says that they are too wide. With 1,000 sets the share itself has a standard error of 0.7 %.
 */
const sets = 1000;
const horizon = 0.8;

/** Patients with a record or more, of one log hazard each; a third or so of the records are censored. */
function cohort(random: Random, patients: number, most: number) {
  const rows: { readonly patient: number; readonly logHazard: number; readonly label: number }[] = [];
  for (let patient = 0; patient < patients; patient++) {
    const logHazard = 0.8 * random.normal();
    const frailty = most > 1 ? 0.5 * random.normal() : 0;
    for (let record = 0; record < 1 + (patient % most); record++) {
      const event = -Math.log(1 - random.uniform()) / Math.exp(logHazard + frailty);
      const censored = -2 * Math.log(1 - random.uniform());
      rows.push({ patient, logHazard, label: event < censored ? event + 1e-5 : -censored - 1e-5 });
    }
  }
  return {
    loss: 'cox' as const,
    outputs: Float32Array.from(rows, (row) => row.logHazard),
    labels: Float32Array.from(rows, (row) => row.label),
    patientIds: rows.map((row) => `p${row.patient}`),
  };
}

/** The share of sets whose interval holds the truth, by figure. */
function shares<P extends { readonly patientIds: string[] }>(
  draw: (random: Random, patients: number) => P,
  figuresOf: (
    set: P,
  ) => Readonly<Record<string, { readonly value: number | null; readonly interval: readonly [number, number] | null }>>,
  names: readonly string[],
  patients: number,
): Record<string, number> {
  const truth = figuresOf(draw(new Random('population'), 60_000));
  const held = Object.fromEntries(names.map((name) => [name, 0]));
  for (let set = 0; set < sets; set++) {
    const figures = figuresOf(draw(new Random('coverage').fork(patients, set), patients));
    for (const name of names) {
      const [low, high] = figures[name]!.interval ?? [0, 0];
      if (low <= truth[name]!.value! && truth[name]!.value! <= high) held[name]! += 1 / sets;
    }
  }
  return held;
}

describe.each([
  [1, 200],
  [3, 150],
])('intervals of survival, up to %d records a patient, %d patients', (most, patients) => {
  const names = ['cIndex', 'unoC', 'aurocAtHorizon', 'brierAtHorizon', 'integratedBrier', 'calibrationAtHorizon'];
  const training = cohort(new Random('training'), 2000, 1);
  const baseline = breslowBaseline(training.outputs, training.labels);

  it('hold the truth in 95 % of test sets', () => {
    expect(survivalProbabilities(baseline, [0], horizon)[0]).toBeCloseTo(Math.exp(-horizon), 1);
    const held = shares(
      (random, count) => cohort(random, count, most),
      (set) => survivalFigures(set, { horizon, baseline, trainingLabels: training.labels, curves: false }).figures,
      names,
      patients,
    );
    for (const name of names) {
      expect(held[name], `${name}: ${JSON.stringify(held)}`).toBeGreaterThan(0.93);
      expect(held[name], `${name}: ${JSON.stringify(held)}`).toBeLessThan(0.975);
    }
  });
});

describe.each([
  [1, 60],
  [4, 60],
])('intervals of regression, up to %d records a patient, %d patients', (most, patients) => {
  const names = ['rmse', 'mae', 'rSquared', 'bias', 'agreementLower', 'calibrationSlope', 'calibrationIntercept'];

  it('hold the truth in 95 % of test sets', () => {
    const draw = (random: Random, count: number) => {
      const rows: { readonly patient: number; readonly x: number; readonly y: number }[] = [];
      for (let patient = 0; patient < count; patient++) {
        const [x, own] = [random.normal(), most > 1 ? 0.5 * random.normal() : 0];
        for (let record = 0; record < 1 + (patient % most); record++)
          rows.push({ patient, x, y: 0.2 + 0.9 * x + own + 0.7 * random.normal() });
      }
      return {
        loss: 'squared-error' as const,
        outputs: Float32Array.from(rows, (row) => row.x),
        labels: Float32Array.from(rows, (row) => row.y),
        patientIds: rows.map((row) => `p${row.patient}`),
      };
    };
    const held = shares(draw, (set) => valueFigures(set, { curves: false }).figures, names, patients);
    for (const name of names) {
      expect(held[name], `${name}: ${JSON.stringify(held)}`).toBeGreaterThan(0.93);
      expect(held[name], `${name}: ${JSON.stringify(held)}`).toBeLessThan(0.975);
    }
  });
});
