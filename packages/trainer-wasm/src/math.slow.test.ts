import { Random } from '@fedward/core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { builds, compileKernels, type Kernels } from './testing/kernels.js';

describe.each(builds)('elementary functions of the %s build, against float64', (build) => {
  let kernels: Kernels;
  beforeAll(async () => void (kernels = await compileKernels(build)));
  beforeEach(() => kernels.clear());

  type Name = 'log' | 'expm1' | 'tanh' | 'sigmoid' | 'minusLog31' | 'sine' | 'cosine';
  const apply = (name: Name, x: Float32Array): Float32Array => {
    const target = kernels.room(x.length);
    kernels[name](target, kernels.put(x), x.length);
    return kernels.floats(target, x.length);
  };
  const count = 40_000;
  const uniform = (low: number, high: number): Float32Array => {
    const random = new Random(`${low} ${high}`);
    return Float32Array.from({ length: count }, () => low + (high - low) * random.uniform());
  };
  /** Of both signs and all sizes from 2^low to 2^high. */
  const sizes = (low: number, high: number): Float32Array =>
    uniform(low, high).map((exponent, i) => (i % 2 ? -1 : 1) * 2 ** exponent);
  /** Largest error over the value's size (or over 1, where it is absolute). */
  const worst = (name: Name, x: Float32Array, exact: (x: number) => number, absolute = false): number => {
    let most = 0;
    apply(name, x).forEach((y, i) => {
      const wanted = exact(x[i]!);
      const error = Math.abs(y - wanted) / (absolute || wanted === 0 ? 1 : Math.abs(wanted));
      most = Math.max(most, Number.isNaN(error) ? Infinity : error);
    });
    return most;
  };
  const bound = 3e-7;

  it('log', () => {
    expect(worst('log', uniform(0.5, 2), Math.log)).toBeLessThan(bound);
    expect(worst('log', sizes(-40, 40).map(Math.abs), Math.log)).toBeLessThan(bound);
    expect(worst('log', sizes(-126, 127).map(Math.abs), Math.log)).toBeLessThan(bound);
    expect([...apply('log', Float32Array.of(1, 2 ** -32, 2, 1))]).toEqual([
      0,
      Math.fround(-32 * Math.LN2),
      Math.fround(Math.LN2),
      0,
    ]);
  });

  it('expm1', () => {
    expect(worst('expm1', uniform(-87, 87), Math.expm1)).toBeLessThan(bound);
    expect(worst('expm1', uniform(-2, 2), Math.expm1)).toBeLessThan(bound);
    expect(worst('expm1', sizes(-60, 0), Math.expm1)).toBeLessThan(bound);
    expect([...apply('expm1', Float32Array.of(0, -1e9, -Infinity, NaN))]).toEqual([0, -1, -1, NaN]);
  });

  it('tanh', () => {
    expect(worst('tanh', uniform(-10, 10), Math.tanh)).toBeLessThan(bound);
    expect(worst('tanh', sizes(-60, 7), Math.tanh)).toBeLessThan(bound);
    expect([...apply('tanh', Float32Array.of(0, 1e9, -Infinity, NaN))].map((y) => y + 0)).toEqual([0, 1, -1, NaN]);
  });

  it('sigmoid', () => {
    const exact = (x: number) => 1 / (1 + Math.exp(-x));
    expect(worst('sigmoid', uniform(-80, 80), exact)).toBeLessThan(bound);
    expect(worst('sigmoid', sizes(-30, 6), exact)).toBeLessThan(bound);
    const [zero, large, small, none] = apply('sigmoid', Float32Array.of(0, 1e9, -1e9, NaN));
    expect([zero, large, none]).toEqual([0.5, 1, NaN]);
    expect(small).toBeLessThan(1e-37);
  });

  it('-ln(x / 2^31)', () => {
    const exact = (x: number) => -Math.log(x / 2 ** 31);
    expect(worst('minusLog31', uniform(0.5, 2 ** 31), exact)).toBeLessThan(bound);
    expect(worst('minusLog31', sizes(-1, 30.9).map(Math.abs), exact)).toBeLessThan(bound);
    const [none, most] = apply('minusLog31', Float32Array.of(2 ** 31, 0.5, 1, 1));
    expect([none! + 0, most]).toEqual([0, Math.fround(32 * Math.LN2)]);
  });

  it('sine and cosine within an eighth of a turn', () => {
    const of = (f: (x: number) => number) => (turns: number) => f(2 * Math.PI * turns);
    expect(worst('sine', uniform(-0.125, 0.125), of(Math.sin))).toBeLessThan(bound);
    expect(worst('cosine', uniform(-0.125, 0.125), of(Math.cos))).toBeLessThan(bound);
    expect(worst('sine', sizes(-31, -3), of(Math.sin))).toBeLessThan(bound);
    expect([...apply('sine', Float32Array.of(0, 0, 0, 0))]).toEqual([0, 0, 0, 0]);
    expect([...apply('cosine', Float32Array.of(0, 0, 0, 0))]).toEqual([1, 1, 1, 1]);
  });
});
