import {
  createLayout,
  createSite,
  createTensors,
  noNoise,
  planHash,
  type ElementArray,
  type ElementType,
  type NoiseSource,
  type PrivacyUnit,
  type Query,
  type Update,
} from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { queryPlanWith } from '../testing/plan.js';
import { noiseOf, now, siteOf, standardDeviation, updateOf } from '../testing/rounds.js';
import { noisyAnswers } from './noisy-answers.js';

const plan = queryPlanWith({ mechanisms: [{ name: 'noisy-answers' }] });
const answer = (values: ElementArray): Update => ({
  ...updateOf([0]),
  payload: { layout: createLayout([{ name: 'counts', shape: [values.length] }]), values },
});
const leaving = (
  values: ElementArray,
  noiseMultiplier: number,
  sensitivity: number | undefined,
  noise: NoiseSource = noiseOf('a'),
) =>
  now(noisyAnswers({ noiseMultiplier }).onClient!(answer(values), siteOf(plan, { noise, sensitivity }))).payload.values;

describe('noisyAnswers', () => {
  it.each([
    [0.5, 3],
    [4, 1.7],
  ])('adds noise of standard deviation z S to each number, z being %s and S %s', (z, sensitivity) => {
    for (const zeros of [new Float64Array(20_000), new Float32Array(20_000)]) {
      const values = leaving(zeros, z, sensitivity);
      expect(values.constructor).toBe(zeros.constructor);
      // 6 standard errors of a standard deviation.
      expect(Math.abs(standardDeviation(values) / (z * sensitivity) - 1)).toBeLessThan(6 / Math.sqrt(40_000));
    }
  });

  it('keeps float64, in the answer and in the noise, and clips nothing', () => {
    const exact = Float64Array.of(1e15 + 0.125, -1e-300, 7);
    expect(leaving(exact, 1, 2, noNoise)).toEqual(exact);
    expect([...exact]).toEqual([1e15 + 0.125, -1e-300, 7]);
    const noisy = leaving(Float64Array.of(0.5), 1, 2);
    expect(noisy[0]).not.toBe(Math.fround(noisy[0]!));
  });

  it('refuses words, on which noise means nothing', () => {
    expect(() => leaving(Uint32Array.of(1, 2), 1, 1)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INCOMPATIBLE',
        message: expect.stringMatching(/^noisy-answers .*words/),
      }),
    );
  });

  it.each([undefined, NaN, Infinity, -1])('refuses a sensitivity of %s', (sensitivity) => {
    expect(() => leaving(Float64Array.of(1), 1, sensitivity)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject: 'query' }),
    );
  });

  it('is one Gaussian release a round, under add-or-remove-one', () => {
    const mechanism = noisyAnswers({ noiseMultiplier: 1.5 });
    expect(mechanism.adjacency).toBe('add-or-remove-one');
    expect(mechanism.event?.({ plan, round: 3 })).toEqual({ type: 'gaussian', noiseMultiplier: 1.5 });
    expect(noisyAnswers({ noiseMultiplier: 0 }).event?.({ plan, round: 0 }).type).toBe('non-private');
  });

  it.each([
    [{ noiseMultiplier: -1 }, 'options.noiseMultiplier'],
    [{}, 'options.noiseMultiplier'],
    [{ noiseMultiplier: 1, clipNorm: 1 }, 'options.clipNorm'],
  ])('refuses %j, naming the key', (wrong, subject) => {
    expect(() => noisyAnswers(wrong as never)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', subject }));
  });
});

describe('a site with noisyAnswers', () => {
  /** Counts its records, in so many numbers; of a patient's records it knows nothing. */
  const counts = (element: ElementType = 'f64'): Query => {
    const form = { layout: createLayout([{ name: 'counts', shape: [1000] }]), element };
    return {
      name: 'counts',
      form,
      sensitivity: (unit) => (unit === 'record' ? Math.sqrt(1000) : undefined),
      async answer({ data }) {
        const tensors = createTensors(form);
        tensors.values.fill(data.count);
        return tensors;
      },
    };
  };
  const answerOf = async (unit: PrivacyUnit = 'record', query = counts()) => {
    const own = { ...plan, privacy: { ...plan.privacy!, unit } };
    const mechanisms = [noisyAnswers({ noiseMultiplier: 2 })];
    const client = createSite({ id: 'a', plan: own, data: { count: 900 }, query, mechanisms });
    const task = {
      ...{ runId: 'run', round: 0, planHash: planHash(own), cohort: ['a'], taken: null, instructions: {} },
      payload: createTensors({ layout: createLayout([]), element: 'f64' }),
    };
    return client.answer(task, new AbortController().signal);
  };

  it('answers with the noise that its query asks for, and is charged for it', async () => {
    const { payload, spent, weight, metrics } = await answerOf();
    const deviation = standardDeviation(Float64Array.from(payload.values, (x) => x - 900));
    expect(Math.abs(deviation / (2 * Math.sqrt(1000)) - 1)).toBeLessThan(6 / Math.sqrt(2000));
    expect({ spent, weight, metrics }).toEqual({
      spent: [{ type: 'gaussian', noiseMultiplier: 2 }],
      weight: 1,
      metrics: {},
    });
  });

  it('refuses a query that bounds nothing for the unit of the plan', async () => {
    await expect(answerOf('patient')).rejects.toMatchObject({
      code: 'CONFIG_INCOMPATIBLE',
      message: expect.stringMatching(/^noisy-answers needs .*one patient/),
    });
  });

  it('sends nothing of a query that answers in words', async () => {
    await expect(answerOf('record', counts('u32'))).rejects.toMatchObject({ code: 'CLIENT_FAILED' });
  });
});
