import { Random } from '@fedward/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jackknifeVariance } from '../influence/influence.js';
import { concordanceIndex } from '../concordance.js';
import { aurocAt, brierLosses } from './at-times.js';
import { breslowBaseline, survivalProbabilities } from './baseline.js';
import { harrellC, unoC } from './c-index.js';
import { logSurvivalInfluences, observedOverExpected, survivalCalibration } from './calibration.js';
import { survivalFigures } from './figures.js';
import { censoringOf, kaplanMeier, survivalAt, survivalErrorAt } from './kaplan-meier.js';
import { pairSums } from './pairs.js';

const time = fc.constantFrom(-4, -3, -2, -1, 1, 2, 3, 4);
const records = fc
  .array(fc.tuple(fc.integer({ min: -2, max: 2 }), time), { minLength: 2, maxLength: 25 })
  .map((given) => ({ scores: given.map(([score]) => score), labels: given.map(([, label]) => label) }));

/** Exponential times whose hazards go with exp(log hazard), one in three or so censored; several records a patient. */
function cohort(seed: string, count: number, perPatient = 1) {
  const random = new Random(seed);
  const outputs = new Float32Array(count);
  const patientIds = Array.from({ length: count }, (_, i) => `p${Math.floor(i / perPatient)}`);
  const labels = Float32Array.from({ length: count }, (_, i) => {
    outputs[i] = i % perPatient === 0 ? random.normal() : outputs[i - 1]!;
    const event = -Math.log(1 - random.uniform()) / Math.exp(outputs[i]!);
    const censored = -Math.log(1 - random.uniform()) * 2;
    return event < censored ? event + 1e-6 : -censored - 1e-6;
  });
  return { loss: 'cox' as const, outputs, labels, patientIds };
}

describe('sums over pairs', () => {
  it('are those of each record, by the definition, whatever the weights', () => {
    fc.assert(
      fc.property(records, fc.integer({ min: 1, max: 5 }), ({ scores, labels }, step) => {
        const weights = Float64Array.from(labels, (_, i) => 1 + ((i * step) % 4));
        const right = new Float64Array(labels.length);
        const all = new Float64Array(labels.length);
        labels.forEach((first, i) =>
          labels.forEach((other, j) => {
            if (i === j || first < 0 || !(first < Math.abs(other) || first === -other)) return;
            const worth = scores[i]! > scores[j]! ? 1 : scores[i] === scores[j] ? 0.5 : 0;
            for (const k of [i, j]) {
              right[k]! += weights[i]! * worth;
              all[k]! += weights[i]!;
            }
          }),
        );
        const found = pairSums(scores, labels, weights);
        expect([...found.concordant]).toEqual([...right]);
        expect([...found.pairs]).toEqual([...all]);
        expect(pairSums(scores, labels).index).toEqual(concordanceIndex(scores, labels));
      }),
    );
  });

  it('give influences that sum to 0: a figure does not hang on the scale of weights', () => {
    const { outputs, labels } = cohort('influences', 80);
    const censoring = censoringOf(labels);
    const risks = Float64Array.from(outputs, (x) => 1 / (1 + Math.exp(-x)));
    const found = [
      harrellC(outputs, labels)!,
      unoC(outputs, labels, { tau: 1 })!,
      aurocAt(outputs, labels, 0.7, censoring)!,
      observedOverExpected(risks, labels, 0.7)!,
    ];
    for (const { influences } of found) {
      expect(influences.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 12);
      expect(influences.some((x) => Math.abs(x) > 1e-4)).toBe(true);
    }
  });
});

describe('Kaplan-Meier', () => {
  it('has influences whose squares sum to the variance of Greenwood', () => {
    fc.assert(
      fc.property(records, fc.constantFrom(1, 2, 3), ({ labels }, at) => {
        const curve = kaplanMeier(labels);
        const influences = logSurvivalInfluences(curve, labels, at);
        const survival = survivalAt(curve, at);
        if (survival === 0) {
          expect(influences).toBeUndefined();
          return;
        }
        const error = survivalErrorAt(curve, at) / survival;
        expect(jackknifeVariance(influences!, { count: labels.length })).toBeCloseTo(error ** 2, 12);
      }),
    );
  });

  it('is the share that outlived a time, and the Brier score plain squares, where nobody is censored', () => {
    const labels = [1, 2, 2, 3, 5];
    expect(survivalAt(kaplanMeier(labels), 2)).toBeCloseTo(2 / 5, 15);
    const losses = brierLosses([0.5, 0.1, 0.2, 0.9, 1], labels, 2, censoringOf(labels))!;
    [0.25, 0.01, 0.04, 0.01, 0].forEach((loss, i) => expect(losses[i]).toBeCloseTo(loss, 15));
  });
});

describe('survivalFigures', () => {
  const predictions = cohort('figures', 400);
  const baseline = breslowBaseline(predictions.outputs, predictions.labels);

  it('tells all of a model with a baseline and a horizon, each with an interval around it', () => {
    const { figures, curves, events } = survivalFigures(predictions, { horizon: 0.8, baseline });
    expect(events).toBe(predictions.labels.filter((label) => label > 0).length);
    const names = ['cIndex', 'unoC', 'aurocAtHorizon', 'brierAtHorizon', 'integratedBrier', 'calibrationAtHorizon'];
    expect(Object.keys(figures)).toEqual([...names, 'loss']);
    for (const name of names) {
      const { value, interval } = figures[name]!;
      expect(interval![0]).toBeLessThan(value!);
      expect(interval![1]).toBeGreaterThan(value!);
    }
    expect(figures['calibrationAtHorizon']!.value).toBeCloseTo(1, 1); // its own baseline
    expect(figures['integratedBrier']!.value).toBeLessThan(figures['brierAtHorizon']!.value!);
    expect(curves!.reliability).toHaveLength(10);
    expect(curves!.reliability!.reduce((sum, bin) => sum + bin.records, 0)).toBe(400);
  });

  it('knows that ten records of a patient are not ten patients', () => {
    const many = cohort('patients', 400, 10);
    const width = (figures: ReturnType<typeof survivalFigures>['figures'], name: string) =>
      figures[name]!.interval![1] - figures[name]!.interval![0];
    const { patientIds: _, ...rows } = many;
    const [byPatient, byRow] = [many, rows].map((one) => survivalFigures(one, { horizon: 0.8, baseline }).figures);
    for (const name of ['cIndex', 'aurocAtHorizon', 'brierAtHorizon'])
      expect(width(byPatient!, name)).toBeGreaterThan(width(byRow!, name));
    expect(byPatient!['cIndex']!.value).toBe(byRow!['cIndex']!.value);
  });

  it('says what it needs, and what is not defined, in JSON that has no NaN', () => {
    const bare = survivalFigures(predictions, {}).figures;
    expect(bare['brierAtHorizon']).toEqual({ value: null, interval: null, because: 'no horizon was declared' });
    const noBaseline = survivalFigures(predictions, { horizon: 1 }).figures;
    expect(noBaseline['integratedBrier']!.because).toMatch(/baseline/);
    expect(noBaseline['aurocAtHorizon']!.value).toBeGreaterThan(0.5);
    for (const labels of [[-1, -2, -3], [1, 1, 1], [2], [-2], [1, -2, 3]]) {
      const own = { loss: 'cox' as const, outputs: new Float32Array(labels.length), labels: Float32Array.from(labels) };
      for (const horizon of [0.5, 2, 9]) {
        const told = survivalFigures(own, { horizon, baseline });
        expect(JSON.parse(JSON.stringify(told))).toEqual(told);
        for (const { value, interval, because } of Object.values(told.figures))
          expect(value !== null && interval !== null ? true : because).toBeTruthy();
      }
    }
  });

  it('judges a label at the horizon as one at it, in float32 too', () => {
    const labels = Float32Array.of(0.1, 0.3, -0.5, 0.7);
    const own = { loss: 'cox' as const, outputs: Float32Array.of(2, 1, 0, -1), labels };
    expect(survivalFigures(own, { horizon: 0.1 }).figures['aurocAtHorizon']!.value).toBe(1);
  });
});

describe('a baseline', () => {
  it('gives back the events that it was learned from', () => {
    const { outputs, labels } = cohort('baseline', 60);
    const { times, cumulative } = breslowBaseline(outputs, labels);
    const hazards = labels.reduce((sum, label, i) => {
      const steps = times.filter((t) => t <= Math.abs(label)).length;
      return sum + (steps === 0 ? 0 : cumulative[steps - 1]!) * Math.exp(outputs[i]!);
    }, 0);
    expect(hazards).toBeCloseTo(labels.filter((label) => label > 0).length, 8);
  });

  it('is refused beside log hazards that have none', () => {
    expect(() => breslowBaseline([900, 0], [1, 2])).toThrow(expect.objectContaining({ code: 'UPDATE_NOT_FINITE' }));
    expect(() => breslowBaseline([NaN, 0], [1, 2])).toThrow(expect.objectContaining({ code: 'UPDATE_NOT_FINITE' }));
    expect([...survivalProbabilities({ times: [2], cumulative: [1] }, [5000, 0], 1)]).toEqual([1, 1]);
  });

  it('leaves groups out in which nobody was followed for so long', () => {
    const labels = Float32Array.from({ length: 40 }, (_, i) => (i < 20 ? -1 - i / 100 : 5 + i));
    const risks = Float64Array.from({ length: 40 }, (_, i) => (i < 20 ? 0.1 : 0.6));
    expect(survivalCalibration(risks, labels, 4).map((bin) => bin.records)).toEqual([20]);
  });
});
