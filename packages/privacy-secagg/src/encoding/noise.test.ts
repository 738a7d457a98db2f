import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLayout, Random, type DpEvent, type Plan, type PrivacyUnit, type TensorsForm } from '@fedward/core';
import { quantizedSensitivity, SeededBits, sharesTau } from '@fedward/kit-noise';
import {
  assertNoisyPlan,
  decodeNoisy,
  encodeNoisy,
  granularityOf,
  noiseAssumptions,
  noisyForm,
  sharedNoise,
  type NoiseOptions,
  type NoisyRun,
  type SharedNoise,
} from './noise.js';

const source = new SeededBits(new Random('shared noise'));
const options: NoiseOptions = { clipNorm: 1, noiseMultiplier: 1, expectedClients: 5 };
const run: NoisyRun = { sites: 5, threshold: 4, rounds: 30 };
const noiseOf = (change: Partial<NoiseOptions> = {}, runChange: Partial<NoisyRun> = {}): SharedNoise =>
  sharedNoise({ ...options, ...change }, { ...run, ...runChange });
const varianceOf = ({ shares: { sigmaSquared } }: SharedNoise): number =>
  Number(sigmaSquared.numerator) / Number(sigmaSquared.denominator);
const eventOf = ({ event }: SharedNoise) => event as Extract<DpEvent, { readonly type: 'discrete-gaussian' }>;
const formOf = (size: number): TensorsForm => ({
  layout: createLayout([{ name: 'w', shape: [size] }]),
  element: 'f32',
});
/** What one integer stands for. */
const stepOf = (noise: SharedNoise, size: number): number =>
  decodeNoisy(Uint32Array.of(1, ...new Uint32Array(size - 1)), noise).payload[0]!;

function sumOf(updates: readonly Float64Array[], noise: SharedNoise): Uint32Array {
  const sum = new Uint32Array(updates[0]!.length);
  for (const update of updates) encodeNoisy(update, noise, source).forEach((word, i) => (sum[i] = sum[i]! + word));
  return sum;
}

describe('the event of a round', () => {
  it('is the noise multiplier that was asked for, whatever the size of the update', () => {
    const { sigma, sensitivity } = eventOf(noiseOf({ noiseMultiplier: 1.7 }));
    expect(sigma / sensitivity).toBe(1.7);
  });

  it('has a sensitivity that no quantized update passes, of any size', () => {
    const { sensitivity } = eventOf(noiseOf());
    for (const clipNorm of [1, 1e-9, 123.4])
      for (const dimension of [1, 2, 3, 100, 12_345, 1_000_000, 100_000_000]) {
        const granularity = granularityOf(clipNorm, dimension);
        expect(quantizedSensitivity({ clipNorm, granularity, dimension })).toBeLessThanOrEqual(
          sensitivity * (1 + Number.EPSILON),
        );
        // And the bound is not idle: what is lost to rounding is little.
        expect(clipNorm / granularity).toBeGreaterThan(0.94 * sensitivity);
      }
  });

  it('holds of what leaves a site: clipped, and within the sensitivity but for the noise', () => {
    // Noise of 0.01 sensitivity over all values together.
    const noise = noiseOf({ noiseMultiplier: 0.002 }, { sites: 1, threshold: 1 });
    const { sensitivity } = eventOf(noise);
    const vectors = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(vectors, (vector) => {
        const words = new Int32Array(encodeNoisy(Float64Array.from(vector), noise, source));
        expect(Math.hypot(...words)).toBeLessThan(sensitivity * 1.04);
      }),
      { numRuns: 300 },
    );
  });

  it('covers a sum of shares at every order, tau included (proposition 14)', () => {
    const mostValues = 3 * 2 ** 28;
    let nearTheEdge = 0;
    for (const threshold of [1, 2, 3, 7, 34, 67, 101])
      for (let z = 1e-4; z < 100; z *= 1.1) {
        const noise = tryNoise({ noiseMultiplier: z }, { sites: threshold + 20, threshold });
        if (!noise) continue;
        const { sigma, sensitivity } = eventOf(noise);
        const [variance, tau] = [varianceOf(noise), sharesTau(noise.shares)];
        expect(Number.isInteger(variance)).toBe(true);
        if (tau > 1e-40) nearTheEdge++;
        const truth = sensitivity / Math.sqrt(threshold * variance) + tau * Math.sqrt(mostValues);
        expect(truth).toBeLessThan(sensitivity / sigma);
        expect(2 * mostValues * run.rounds * tau).toBeLessThanOrEqual(2 ** -60);
      }
    expect(nearTheEdge).toBeGreaterThan(5);
  });

  it('counts on those alone who do not collude', () => {
    const alone = noiseOf({}, { sites: 10, threshold: 7 });
    const colluding = noiseOf({ colluding: 3 }, { sites: 10, threshold: 7 });
    expect(colluding.event).toEqual(alone.event);
    expect(varianceOf(colluding) / varianceOf(alone)).toBeCloseTo(7 / 4, 6);
    expect(noiseAssumptions({ colluding: 3 }).join()).toContain('at most 3');
    expect(noiseAssumptions({}).join()).not.toContain('at most');
    expect(() => noiseOf({ colluding: 7 }, { sites: 10, threshold: 7 })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject: 'colluding' }),
    );
  });
});

describe('a noisy sum', () => {
  const size = 20_000;
  const zeros = new Float64Array(size);
  const deviationOf = (values: Float64Array): number =>
    Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

  it.each([
    [4, 1],
    [5, 1],
    [4, 0.3],
  ])('of %i hospitals carries the noise that it is priced at, and no less (z = %d)', (hospitals, noiseMultiplier) => {
    const noise = noiseOf({ noiseMultiplier });
    const { payload } = decodeNoisy(sumOf(Array.from({ length: hospitals }, () => zeros), noise), noise); // prettier-ignore
    const priced = eventOf(noise).sigma * stepOf(noise, size);
    const expected = priced * Math.sqrt(hospitals / run.threshold);
    expect(Math.abs(deviationOf(payload) / expected - 1)).toBeLessThan(5 / Math.sqrt(2 * size));
    expect(Math.abs(priced / noiseMultiplier - 1)).toBeLessThan(0.01); // close to noiseMultiplier x clipNorm
  });

  it('is the sum of what was clipped, beside the noise, over a public constant', () => {
    const noise = noiseOf({ noiseMultiplier: 0.01, clipNorm: 10, expectedClients: 4.5 });
    const long = zeros.slice();
    const short = zeros.slice();
    long.set([300, -400]); // of norm 500: clipped to 6 and -8
    short.set([1, 2, 3]);
    const { payload, divisor } = decodeNoisy(sumOf([long, short, short, zeros], noise), noise);
    expect(divisor).toBe(4.5);
    const errors = payload.slice();
    [6 + 2, -8 + 4, 6].forEach((value, i) => (errors[i]! -= value));
    const deviation = 0.01 * 10;
    expect(Math.max(...errors.slice(0, 3).map(Math.abs))).toBeLessThan(6 * deviation);
    expect(deviationOf(errors)).toBeLessThan(deviation * 1.05);
  });

  it('does not wrap where all hospitals say the most in one value, at the most noise that is let through', () => {
    let noiseMultiplier = 1;
    while (tryNoise({ noiseMultiplier: 1.01 * noiseMultiplier })) noiseMultiplier *= 1.01;
    expect(noiseMultiplier).toBeGreaterThan(1000);
    const noise = noiseOf({ noiseMultiplier });
    for (const most of [1, -1]) {
      const { payload } = decodeNoisy(
        sumOf(Array.from({ length: run.sites }, () => Float64Array.of(most, 0, 0)), noise), // prettier-ignore
        noise,
      );
      const deviation = eventOf(noise).sigma * stepOf(noise, 3) * Math.sqrt(5 / 4);
      payload.forEach((value, i) =>
        expect(Math.abs(value - (i === 0 ? most * run.sites : 0))).toBeLessThan(7 * deviation),
      );
      // There is room for the noise of a run's every value: 10 deviations and all of the values.
      expect(10 * deviation + run.sites).toBeLessThan(2 ** 31 * stepOf(noise, 3));
    }
    expect(() => noiseOf({ noiseMultiplier: noiseMultiplier * 1.02 })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject: 'noiseMultiplier' }),
    );
  });

  it('takes updates in all element types, and leaves them as they are', () => {
    const noise = noiseOf({ noiseMultiplier: 0.01, clipNorm: 10 });
    for (const values of [Float32Array.of(1, 2, 3), Float64Array.of(1, 2, 3), Uint32Array.of(1, 2, 3)]) {
      const { payload } = decodeNoisy(encodeNoisy(values, noise, source), noise);
      payload.forEach((value, i) => expect(Math.abs(value - (i + 1))).toBeLessThan(0.6));
      expect([...values]).toEqual([1, 2, 3]);
    }
    expect(() => encodeNoisy(Float32Array.of(NaN), noise, source)).toThrow(
      expect.objectContaining({ code: 'UPDATE_NOT_FINITE' }),
    );
  });
});

describe('sharedNoise', () => {
  it('refuses noise so little that its shares are no discrete Gaussian together', () => {
    expect(() => noiseOf({ noiseMultiplier: 1e-4 })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject: 'noiseMultiplier' }),
    );
    expect(() => noiseOf({ noiseMultiplier: 1e-3 })).not.toThrow();
  });

  it.each<[Partial<NoiseOptions & NoisyRun>, string]>([
    [{ clipNorm: 0 }, 'clipNorm'],
    [{ clipNorm: 1e300 }, 'clipNorm'],
    [{ noiseMultiplier: 0 }, 'noiseMultiplier'],
    [{ noiseMultiplier: NaN }, 'noiseMultiplier'],
    [{ expectedClients: 0 }, 'expectedClients'],
    [{ colluding: -1 }, 'colluding'],
    [{ sites: 0 }, 'sites'],
    [{ threshold: 6 }, 'threshold'],
    [{ rounds: 0 }, 'rounds'],
  ])('refuses %j', (wrong, subject) => {
    expect(() => noiseOf(wrong, wrong)).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID', subject }));
  });
});

describe('assertNoisyPlan', () => {
  const planOf = (unit: PrivacyUnit): Pick<Plan, 'privacy'> => ({ privacy: { mechanisms: [], unit } });

  it('takes hospitals that count once each, and nothing else', () => {
    expect(() => assertNoisyPlan(planOf('hospital'), 'equal')).not.toThrow();
    for (const unit of ['record', 'patient'] as const)
      expect(() => assertNoisyPlan(planOf(unit), 'equal')).toThrow(
        expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject: 'privacy.unit' }),
      );
    expect(() => assertNoisyPlan(planOf('hospital'), 'records')).toThrow(
      expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject: 'weights' }),
    );
  });
});

describe('noisyForm', () => {
  it('is what encodeNoisy gives', () => {
    const form = noisyForm(formOf(7));
    expect(form.element).toBe('u32');
    expect(form.layout.size).toBe(encodeNoisy(new Float32Array(7), noiseOf(), source).length);
  });

  it('refuses updates that rounding would drown', () => {
    expect(() => noisyForm(formOf(700_000_000))).not.toThrow();
    expect(() => noisyForm(formOf(900_000_000))).toThrow(expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE' }));
  });
});

function tryNoise(change: Partial<NoiseOptions>, runChange?: Partial<NoisyRun>): SharedNoise | undefined {
  try {
    return noiseOf(change, runChange);
  } catch {
    return undefined;
  }
}
