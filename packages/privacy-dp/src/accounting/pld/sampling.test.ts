import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampledLoss, type Direction, type Sampling } from './sampling.js';

const rate = fc.double({ min: -6, max: -0.01, noNaN: true }).map((exponent) => 10 ** exponent);
const base = fc.double({ min: -40, max: 40, noNaN: true });
const direction = fc.constantFrom<Direction>('remove', 'add');
const kind = fc.constantFrom<'poisson' | 'fixed-size'>('poisson', 'fixed-size');

describe('sampledLoss', () => {
  it('changes nothing where all records are taken', () => {
    const { loss, base: back, logWeight, zero } = sampledLoss({ kind: 'all' }, 'remove');
    expect([loss(0.7), back(0.7), logWeight(0.7, 0.7), zero]).toEqual([0.7, 0.7, 0, 0]);
  });

  it('is the loss of the mixtures: ln((1 - q) + q e^y) for removal, -ln((1 - q) + q e^-y) for addition', () => {
    const sampling: Sampling = { kind: 'poisson', rate: 0.3 };
    for (const y of [-2, 0, 0.1, 3]) {
      expect(sampledLoss(sampling, 'remove').loss(y)).toBeCloseTo(Math.log(0.7 + 0.3 * Math.exp(y)), 14);
      expect(sampledLoss(sampling, 'add').loss(y)).toBeCloseTo(-Math.log(0.7 + 0.3 * Math.exp(-y)), 14);
    }
  });

  it('weighs an outcome by how much likelier sampling makes it: ((1 - q) Q + q P) / P for removal, not for addition', () => {
    const sampling: Sampling = { kind: 'poisson', rate: 0.3 };
    const [removal, addition] = [sampledLoss(sampling, 'remove'), sampledLoss(sampling, 'add')];
    for (const y of [-2, 0, 0.1, 3]) {
      expect(removal.logWeight(y, removal.loss(y))).toBeCloseTo(Math.log(0.7 * Math.exp(-y) + 0.3), 14);
      expect(addition.logWeight(y, addition.loss(y))).toBe(0);
    }
    expect([removal.zero, addition.zero]).toEqual([0, 0]);
  });

  it('takes a sample of fixed size as removal above 0, as addition below, and 0 the rest of the time', () => {
    const fixedSize = sampledLoss({ kind: 'fixed-size', rate: 0.3 }, 'remove');
    expect(fixedSize.loss(1)).toBe(sampledLoss({ kind: 'poisson', rate: 0.3 }, 'remove').loss(1));
    expect(fixedSize.loss(-1)).toBe(sampledLoss({ kind: 'poisson', rate: 0.3 }, 'add').loss(-1));
    expect(fixedSize.zero).toBe(0.7);
  });

  it('rises with the loss before sampling, and has an inverse, whatever the sampling', () => {
    fc.assert(
      fc.property(kind, rate, direction, base, base, (k, q, way, a, b) => {
        const sampled = sampledLoss({ kind: k, rate: q }, way);
        if (a < b) expect(sampled.loss(a)).toBeLessThanOrEqual(sampled.loss(b));
        const back = sampled.base(sampled.loss(a));
        // Where the loss hardly depends on that before it, it is known to as many digits as are left.
        const digits = Math.abs(sampled.loss(a + 1e-9) - sampled.loss(a)) / 1e-9;
        if (digits > 1e-5) expect(Math.abs(back - a)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(a)));
      }),
    );
  });

  it('never makes a loss larger', () => {
    fc.assert(
      fc.property(kind, rate, direction, base, (k, q, way, a) => {
        expect(Math.abs(sampledLoss({ kind: k, rate: q }, way).loss(a))).toBeLessThanOrEqual(Math.abs(a) * (1 + 1e-12));
      }),
    );
  });

  it('knows which losses no outcome has', () => {
    const sampling: Sampling = { kind: 'poisson', rate: 0.3 };
    expect(sampledLoss(sampling, 'remove').base(Math.log(0.69))).toBe(-Infinity);
    expect(sampledLoss(sampling, 'add').base(-Math.log(0.69))).toBe(Infinity);
  });
});
