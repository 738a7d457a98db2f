import { planHash } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { heartDisease } from '../scenario/heart-disease.js';
import { populationOf } from '../scenario/population.js';
import { allInstalled } from '../testing/all-installed.js';
import { buildPlan } from './build-plan.js';
import { firstWeights } from './initial-weights.js';
import type { SimulateOptions } from './options.js';
import { quietRate } from './quiet-rate.js';

// No record is looked at: a plan needs the shape of the inputs and the number of hospitals.
const four = ['cleveland', 'hungarian', 'switzerland', 'va'].map((id) => ({ id }) as never);
const population = populationOf(four, { test: {} as never, inputShape: [14], classes: 2 });
const plan = (options: Partial<SimulateOptions> = {}) =>
  buildPlan(heartDisease, population, { scenario: 'heart-disease', ...options }, allInstalled);
const noisy = { privacy: 'dp-sgd', noiseMultiplier: 32, seededNoise: true } as const;

describe('the plan of heart disease', () => {
  it('starts from zeros, in which no seed has a say', () => {
    for (const options of [{}, { privacy: 'none' }, noisy]) {
      const zeros = plan(options);
      expect(zeros.initialWeights).toBe('zeros');
      const { parameters, notices } = firstWeights(zeros, undefined);
      expect(parameters.layout.tensors.map(({ shape }) => shape)).toEqual([[14, 2], [2]]);
      expect(parameters.values).toEqual(new Float32Array(30));
      expect(notices).toEqual([]);
      expect(firstWeights({ ...zeros, seed: 7 }, undefined)).toEqual(firstWeights(zeros, undefined));
    }
  });

  it('draws the weights of another model, and where a config says so', () => {
    for (const options of [{ model: 'mlp' }, { config: { initialWeights: 'drawn' as const } }]) {
      const drawn = plan(options);
      expect(drawn.initialWeights).not.toBe('zeros');
      const [first, other] = [drawn, { ...drawn, seed: 7 }].map(
        (one) => firstWeights(one, undefined).parameters.values,
      );
      expect(first!.some((weight) => weight !== 0)).toBe(true);
      expect(other).not.toEqual(first);
    }
  });

  it('counts each hospital alike, with all its records in a step', () => {
    const { rounds, aggregator, training } = plan({ privacy: 'none' });
    expect({ rounds, aggregator }).toEqual({
      rounds: 128,
      aggregator: { name: 'fedavg', options: { weighting: 'equal' } },
    });
    expect(training.batches).toEqual({ kind: 'shuffle', size: 1024, epochs: 1 });
  });
});

describe('the learning rate under noise', () => {
  const rateOf = (options: Partial<SimulateOptions>) => plan({ ...noisy, ...options }).training.optimizer.learningRate;

  it('follows the noise of all rounds, by public settings alone', () => {
    const [rate, quieter] = [rateOf({}), rateOf({ noiseMultiplier: 64 })];
    expect(rate).toBe(quietRate(plan({ ...noisy, learningRate: 1e6 }), 4, 0.1));
    expect(rate).toBeCloseTo((0.1 * Math.sqrt(4)) / ((Math.sqrt(15) * 32) / 120), 12);
    expect(quieter).toBeCloseTo(rate / 2, 12);
    expect(rateOf({ rounds: 60 })).toBeCloseTo(rate / 2, 12);
    expect(plan({ privacy: 'none' }).training.optimizer.learningRate).toBe(0.5);
  });

  it('is never more than the scenario’s', () => {
    expect(rateOf({ noiseMultiplier: 0.01 })).toBe(0.5);
  });

  it('is what somebody names it, in whichever way', () => {
    const optimizer = { name: 'sgd', learningRate: 3 } as const;
    const ways: Partial<SimulateOptions>[] = [
      { learningRate: 3 },
      { config: { training: { optimizer } } },
      { set: { 'training.optimizer.learningRate': 3 } },
      { set: { 'training.optimizer': { ...optimizer } } },
    ];
    const plans = ways.map((way) => plan({ ...noisy, ...way }));
    for (const { training } of plans) expect(training.optimizer).toEqual(optimizer);
    expect(new Set(plans.map(planHash)).size).toBe(1);
  });
});
