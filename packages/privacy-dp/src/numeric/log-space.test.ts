import { describe, expect, it } from 'vitest';
import { relativeError } from '../testing/reference.js';
import { log1pExp, logExpm1, logSumExp } from './log-space.js';

describe('logSumExp', () => {
  it('adds what would overflow and what would underflow', () => {
    expect(logSumExp([1000, 1000])).toBeCloseTo(1000 + Math.LN2, 12);
    expect(logSumExp([-1000, -1001])).toBeCloseTo(-1000 + Math.log1p(Math.exp(-1)), 12);
  });

  it('of nothing is ln(0), of an infinite term infinite', () => {
    expect(logSumExp([])).toBe(-Infinity);
    expect(logSumExp([-Infinity, -Infinity])).toBe(-Infinity);
    expect(logSumExp([3, Infinity])).toBe(Infinity);
  });
});

describe.each([-700, -40, -1, -1e-9, 0, 1e-9, 1, 40, 700])('at x = %d', (x) => {
  it('log1pExp and logExpm1 undo each other', () => {
    expect(relativeError(logExpm1(log1pExp(x)), x)).toBeLessThan(x === 0 || Math.abs(x) < 1e-6 ? 1e-6 : 1e-13);
  });

  it('log1pExp(x) - log1pExp(-x) is x', () => {
    expect(log1pExp(x) - log1pExp(-x)).toBeCloseTo(x, 12);
  });
});

it('logExpm1 keeps the digits of small and large numbers', () => {
  expect(relativeError(logExpm1(1e-20), Math.log(1e-20))).toBeLessThan(1e-15);
  expect(logExpm1(2000)).toBe(2000);
  expect(logExpm1(Infinity)).toBe(Infinity);
});
