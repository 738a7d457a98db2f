import { groupEpsilon } from '@fedward/privacy-dp/accounting';
import { parsePlan, type TrainingPlan, type TrainingPlanInput } from '@fedward/core';
import type { Population } from '../scenario/scenario.js';
import { describe, expect, it } from 'vitest';
import { populationOf } from '../scenario/population.js';
import { allInstalled } from '../testing/all-installed.js';
import { patientExposure } from './patient-exposure.js';

const poisson = { kind: 'poisson', probability: 0.25, steps: 3, expectedSize: 4 } as const;

function planOf(changes: Partial<TrainingPlanInput['privacy']> = {}, batches: object = poisson) {
  return parsePlan({
    schemaVersion: 1,
    name: 'test',
    seed: 1,
    rounds: 7,
    model: { inputShape: [1], layers: [{ type: 'dense', units: 1 }], loss: 'squared-error' },
    training: { trainer: 'wasm', batches: batches as typeof poisson, optimizer: { name: 'sgd', learningRate: 1 } },
    aggregator: { name: 'fedavg' },
    privacy: {
      mechanisms: [{ name: 'dp-sgd', options: { clipNorm: 1, noiseMultiplier: 3 } }],
      accountant: 'rdp',
      delta: 1e-4,
      ...changes,
    },
  });
}

function populationWith(...hospitals: (readonly string[] | undefined)[]) {
  const all = hospitals.map((patientIds, i) => {
    const count = patientIds?.length ?? 3;
    const data = { count, featureShape: [1], features: new Float32Array(count), labels: new Float32Array(count) };
    return { id: `${i}`, train: { ...data, ...(patientIds && { patientIds }) }, test: data };
  });
  return populationOf(all, { test: all[0]!.test, inputShape: [1], classes: 1 });
}

/** With the mechanisms that the plan names. */
function exposureOf(plan: TrainingPlan, population: Population) {
  const mechanisms = (plan.privacy?.mechanisms ?? []).map((named) => allInstalled.create('mechanism', named));
  return patientExposure(plan, mechanisms, population);
}

const repeated = populationWith(['a', 'b', 'a'], ['c', 'd', 'd', 'e', 'd'], undefined);

describe('patientExposure', () => {
  it('prices all records of the patient with the most, over all steps of all rounds', () => {
    const expected = { noiseMultiplier: 3, samplingProbability: 0.25, steps: 21, records: 3, delta: 1e-4 };
    expect(exposureOf(planOf(), repeated)).toEqual({ records: 3, epsilon: groupEpsilon(expected) });
  });

  it('knows no bound without noise', () => {
    const silent = { name: 'dp-sgd', options: { clipNorm: 1, noiseMultiplier: 0 } };
    expect(exposureOf(planOf({ mechanisms: [silent] }), repeated)).toEqual({ records: 3, epsilon: null });
  });

  it('states none under tutorial-041, which bounds single records, and of however many records a patient has', () => {
    const tutorial = { name: 'tutorial-041', options: { epsilon: 1, delta: 1e-5, clipNorm: 1 } };
    const shuffled = planOf({ mechanisms: [tutorial] }, { kind: 'shuffle', size: 2, epochs: 1 });
    expect(exposureOf(shuffled, repeated)).toEqual({ records: 3, epsilon: null });
    expect(exposureOf(shuffled, populationWith(['a', 'b']))).toBeUndefined();
    // A run must not end without its result for it.
    const { records, epsilon } = exposureOf(planOf(), populationWith(Array<string>(10_001).fill('a')))!;
    expect(records).toBe(10_001);
    expect(epsilon).toBeGreaterThan(1e6);
  });

  it('says nothing where patients are protected, have one record each, or are not known', () => {
    expect(exposureOf(planOf({ unit: 'patient' }), repeated)).toBeUndefined();
    expect(exposureOf(planOf(), populationWith(['a', 'b'], ['a', 'c']))).toBeUndefined();
    expect(exposureOf(planOf(), populationWith(undefined))).toBeUndefined();
    expect(
      exposureOf(
        planOf({ mechanisms: [{ name: 'central', options: { clipNorm: 1, noiseMultiplier: 1, expectedClients: 2 } }] }),
        repeated,
      ),
    ).toBeUndefined();
    expect(exposureOf(parsePlan({ ...planOf(), privacy: null }), repeated)).toBeUndefined();
  });
});
