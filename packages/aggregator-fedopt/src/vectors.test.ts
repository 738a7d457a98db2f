import type { Aggregator, ComposedState } from '@fedward/core';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fedAdagrad, fedAdam, fedAvgM, fedYogi } from './index.js';
import { pathOf } from './testing/rounds.js';

interface Settings {
  readonly eta: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly tau: number;
  readonly mom: number;
  readonly v0?: number;
}

interface Run {
  readonly parameters: Settings;
  readonly trace: readonly { readonly x: number[]; readonly m: number[]; readonly v: number[] }[];
}

interface Case {
  readonly x0: number[];
  readonly deltas: number[][];
  readonly runs: Readonly<Record<string, Run>>;
}

const file = new URL('../test-fixtures/server-optimizers.json', import.meta.url);
const cases = (JSON.parse(readFileSync(file, 'utf8')) as { server_optimizers: Case[] }).server_optimizers;

const adam = ({ eta, beta1, beta2, tau, v0 }: Settings) => ({
  ...{ learningRate: eta, beta1, beta2, tau, initialAccumulator: v0 ?? 0 },
});

/* eslint-disable @typescript-eslint/no-explicit-any -- each keeps a state of its own */
const made: Record<string, (settings: Settings) => Aggregator<ComposedState<any>>> = {
  fedavgm: ({ eta, mom }) => fedAvgM({ learningRate: eta, momentum: mom }),
  fedadagrad: ({ eta, tau }) => fedAdagrad({ learningRate: eta, tau, initialAccumulator: 0 }),
  fedadam: (settings) => fedAdam(adam(settings)),
  fedadam_bias_corrected: (settings) => fedAdam({ ...adam(settings), biasCorrection: 'moments' }),
  'fedadam_as_flower_1.42': (settings) => fedAdam({ ...adam(settings), biasCorrection: 'flower' }),
  // The published initial value is what these do unless told.
  fedadam_v0_tau2: ({ v0: _, ...settings }) => fedAdam({ ...adam(settings), initialAccumulator: undefined }),
  fedyogi: (settings) => fedYogi(adam(settings)),
  fedyogi_v0_tau2: ({ v0: _, ...settings }) => fedYogi({ ...adam(settings), initialAccumulator: undefined }),
};
/* eslint-enable @typescript-eslint/no-explicit-any */

/** The largest relative difference of two lists. */
const apart = (actual: ArrayLike<number>, expected: readonly number[]) =>
  Math.max(...expected.map((value, i) => Math.abs(actual[i]! - value) / Math.abs(value || 1)));

describe.each(cases.map((one, index) => ({ index, ...one })))('reference run $index', ({ x0, deltas, runs }) => {
  it('has all the forms', () => expect(Object.keys(runs)).toHaveLength(9));

  it.each(Object.keys(runs))('%s goes the same way for ten rounds', (name) => {
    const { parameters, trace } = runs[name]!;
    const aggregator = made[name.replace(/_eta.*/, '')]!(parameters);
    const { models, states } = pathOf(aggregator, x0, deltas);
    trace.forEach(({ x, m, v }, round) => {
      expect(apart(models[round]!, x), `the model after round ${round}`).toBeLessThan(1e-6);
      const { velocity, first, second } = states[round]!.optimizer as Record<string, Float64Array>;
      if (velocity) expect(apart(velocity, m)).toBeLessThan(1e-12);
      if (second) expect(apart(second, v)).toBeLessThan(1e-12);
      if (first && !name.startsWith('fedadagrad')) expect(apart(first, m)).toBeLessThan(1e-12);
    });
  });
});
