import { Random } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { ascendingOrder, descendingOrder } from '../order.js';
import { fewestForSamples, samplesFor } from './subsampling.js';

describe('the order of many values', () => {
  it('is that of a comparison, of equal values and of both zeros too', () => {
    const random = new Random('order');
    const some = [0, -0, 1, -1, Infinity, -Infinity, 5e-324, -5e-324, Number.MAX_VALUE, 1e-300];
    const values = Float64Array.from({ length: 6000 }, (_, i) =>
      i % 3 ? some[random.integer(0, some.length)]! : random.normal() * 10 ** random.integer(-20, 20),
    );
    const plain = [...values.keys()];
    expect([...ascendingOrder(values)]).toEqual(
      plain.toSorted((a, b) => (values[a]! < values[b]! ? -1 : values[a]! > values[b]! ? 1 : a - b)),
    );
    expect([...descendingOrder(values)]).toEqual(
      plain.toSorted((a, b) => (values[a]! > values[b]! ? -1 : values[a]! < values[b]! ? 1 : a - b)),
    );
  });
});

describe('samples of patients', () => {
  it('take larger samples where a class is rare, and none where it is too rare', () => {
    expect(samplesFor(1e6, 0.4, { draws: 1000, seed: 3 })).toMatchObject({ parts: 200, count: 200 });
    expect(samplesFor(1e6, 0.001, { draws: 1000, seed: 3 })).toMatchObject({ parts: 5, count: 200 });
    expect(samplesFor(1e6, 0.0007, { draws: 1000, seed: 3 })).toBeUndefined();
    expect(samplesFor(fewestForSamples - 1, 0.4, { draws: 1000, seed: 3 })).toBeUndefined();
  });
});
