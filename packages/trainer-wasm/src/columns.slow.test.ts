import { Random } from '@fedward/core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { builds, compileKernels, untouched, type Kernels } from './testing/kernels.js';
import {
  contextOf,
  dataOf,
  notAborted,
  planOf,
  relativeError,
  spec,
  trainerOn,
  weightsOf,
} from './testing/problems.js';

describe.each(builds)('sums down columns, on the %s build', (build) => {
  let kernels: Kernels;
  beforeAll(async () => void (kernels = await compileKernels(build)));

  const sizes = { rows: fc.integer({ min: 0, max: 40 }), columns: fc.integer({ min: 1, max: 19 }) };

  it('are those of float64, and nothing else is written', () => {
    kernels.clear();
    fc.assert(
      fc.property(sizes.rows, sizes.columns, fc.integer(), (rows, columns, seed) => {
        const random = new Random(seed);
        // Far from 0, so that sums in float32 would be seen.
        const numbers = (): Float32Array => Float32Array.from({ length: rows * columns }, () => 1000 + random.normal());
        const [a, b] = [numbers(), numbers()];
        const [ofA, ofB] = [kernels.put(a), kernels.put(b)];
        const sumsOf = (value: (i: number, column: number) => number): number[] =>
          Array.from({ length: columns }, (_, c) => {
            let sum = 0;
            for (let r = 0; r < rows; r++) sum += value(r * columns + c, c);
            return sum;
          });
        const rooms = [0, 1, 2, 3].map(() => kernels.room(2 * columns));
        const [sums, squares, products, others] = rooms as [number, number, number, number];
        const centers = Array.from({ length: columns }, () => 1000 + random.normal());
        kernels.sumColumns(sums, ofA, rows, columns);
        expect(
          relativeError(
            kernels.doubles(sums, columns),
            sumsOf((i) => a[i]!),
          ),
        ).toBeLessThan(1e-14);
        kernels.sumProducts(products, others, ofA, ofB, rows, columns);
        expect(
          relativeError(
            kernels.doubles(products, columns),
            sumsOf((i) => a[i]! * b[i]!),
          ),
        ).toBeLessThan(1e-14);
        expect(Array.from(kernels.doubles(others, columns))).toEqual(Array.from(kernels.doubles(sums, columns)));
        kernels.doubles(others, columns).set(centers);
        kernels.sumSquares(squares, others, ofA, rows, columns);
        const exact = sumsOf((i, c) => (a[i]! - centers[c]!) ** 2);
        expect(relativeError(kernels.doubles(squares, columns), exact)).toBeLessThan(1e-14);
        for (const room of rooms)
          expect(kernels.words(room + 8 * columns, 4)).toEqual(new Uint32Array(4).fill(untouched));
      }),
      { numRuns: 200 },
    );
  });
});

describe.each(builds)('group norm on the %s build', (build) => {
  it.each([
    [5, 1],
    [6, 2],
    [7, 7],
    [12, 4],
    [16, 4],
  ])('keeps what values far from 0 differ by: %i channels in %i groups', async (channels, groups) => {
    const layers = [
      { type: 'group-norm', groups } as const,
      { type: 'flatten' } as const,
      { type: 'dense', units: 2 } as const,
    ];
    const model = spec([5, 4, channels], layers);
    const data = dataOf(model, 6);
    const features = data.features.map((value) => 4096 + Math.round(64 * value) / 64); // held exactly, shifted or not
    const shifted = { ...data, features };
    const centred = { ...data, features: features.map((value) => value - 4096) };
    const trainer = await trainerOn(build);
    const [far, near] = await Promise.all(
      [shifted, centred].map((one) => trainer.predict(model, weightsOf(model), one)),
    );
    expect(relativeError(far!, near!)).toBeLessThan(1e-6);
    const context = contextOf(planOf(model, { kind: 'shuffle', size: 6, epochs: 1 }));
    const trained = await Promise.all(
      [shifted, centred].map((one) => trainer.train(weightsOf(model), one, context, notAborted)),
    );
    expect(relativeError(trained[0]!.payload.values, trained[1]!.payload.values)).toBeLessThan(1e-6);
  });
});
