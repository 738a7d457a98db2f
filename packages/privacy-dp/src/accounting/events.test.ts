import { describe, expect, it } from 'vitest';
import { dpSgdEvent, stepsEvent } from './events.js';

describe('stepsEvent', () => {
  const noise = { noiseMultiplier: 2, steps: 5 };

  it('is DP-SGD by default', () => {
    const event = {
      type: 'poisson-sampled',
      samplingProbability: 0.1,
      event: { type: 'gaussian', noiseMultiplier: 2 },
    };
    expect(stepsEvent({ ...noise, samplingProbability: 0.1 })).toEqual({ type: 'repeated', event, count: 5 });
    expect(dpSgdEvent({ ...noise, samplingProbability: 0.1 })).toEqual({ type: 'repeated', event, count: 5 });
  });

  it('says other noise and other sampling in their own terms', () => {
    expect(stepsEvent({ ...noise, mechanism: 'laplace', sampleSize: 3, population: 10 })).toEqual({
      type: 'repeated',
      event: { type: 'fixed-size-sampled', size: 3, population: 10, event: { type: 'laplace', noiseMultiplier: 2 } },
      count: 5,
    });
    expect(stepsEvent({ ...noise, mechanism: 'discrete-gaussian', sensitivity: 7, samplingProbability: 1 })).toEqual({
      type: 'repeated',
      event: { type: 'discrete-gaussian', sigma: 14, sensitivity: 7 },
      count: 5,
    });
  });

  it('samples nothing where everybody is drawn', () => {
    const event = { type: 'gaussian', noiseMultiplier: 2 };
    expect(stepsEvent({ ...noise, samplingProbability: 1 })).toMatchObject({ event });
    expect(stepsEvent({ ...noise, sampleSize: 10, population: 10 })).toMatchObject({ event });
  });

  it('is not private without noise', () => {
    expect(stepsEvent({ samplingProbability: 0.1, noiseMultiplier: 0, steps: 1 })).toMatchObject({
      type: 'non-private',
    });
  });
});
