import { describe, expect, it } from 'vitest';
import { assertInteger, assertNotNegative, assertPositive, assertProbability, assertThat } from './assert.js';

const refusal = { code: 'ARGUMENT_INVALID', subject: 'size' };
const strange = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, '1' as unknown as number];

describe('assertions name what they refuse', () => {
  it.each([-1, 1.5, 11, 2 ** 53, ...strange])('assertInteger from 0 to 10: %s', (value) => {
    expect(() => assertInteger('size', value, 0, 10)).toThrow(expect.objectContaining(refusal));
    expect(() => assertInteger('size', value, 0, 10)).toThrow(`size must be an integer from 0 to 10, got ${value}`);
  });

  it.each([0, -1e-300, ...strange])('assertPositive: %s', (value) => {
    expect(() => assertPositive('size', value)).toThrow(expect.objectContaining(refusal));
  });

  it.each([-5e-324, ...strange])('assertNotNegative: %s', (value) => {
    expect(() => assertNotNegative('size', value)).toThrow(expect.objectContaining(refusal));
  });

  it.each([-1e-9, 1.000001, Number.NaN, Number.POSITIVE_INFINITY])('assertProbability: %s', (value) => {
    expect(() => assertProbability('size', value)).toThrow(expect.objectContaining(refusal));
  });

  it('assertThat', () => {
    expect(() => assertThat(false, 'size', 'size is odd')).toThrow(expect.objectContaining(refusal));
  });

  it('let pass what is in range, ends included', () => {
    for (const value of [0, 5, 10]) assertInteger('size', value, 0, 10);
    assertPositive('size', 5e-324);
    assertNotNegative('size', 0);
    for (const value of [0, 0.5, 1]) assertProbability('size', value);
    assertThat(true, 'size', 'fine');
  });
});
