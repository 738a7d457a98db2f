import { describe, expect, it } from 'vitest';
import { createLayout, createParameters } from '../parameters/parameters.js';
import { exampleLayout, exampleResult } from '../testing/fakes.js';
import { assertFits } from './fits.js';

const form = { layout: exampleLayout, element: 'f32' } as const;

describe('assertFits', () => {
  it('lets an update of the model with a positive weight through', () => {
    expect(() => assertFits(exampleResult({ weight: 0.5 }), form)).not.toThrow();
  });

  it.each([0, -1, Number.NaN, Infinity])('refuses the weight %s', (weight) => {
    expect(() => assertFits(exampleResult({ weight }), form)).toThrow(
      expect.objectContaining({ code: 'UPDATE_INVALID', subject: 'hospital-1' }),
    );
  });

  it.each([
    ['other tensors', createParameters(createLayout([{ name: 'w', shape: [8] }]))],
    ['too few values', { layout: exampleLayout, values: new Float32Array(7) }],
  ])('refuses %s', (_, payload) => {
    expect(() => assertFits(exampleResult({ payload }), form)).toThrow(/hospital-1 has other tensors/);
  });

  it.each([
    ['f64', new Float64Array(8)],
    ['u32', new Uint32Array(8)],
  ])('refuses numbers of type %s where float32 is expected', (element, values) => {
    const payload = { layout: exampleLayout, values };
    expect(() => assertFits(exampleResult({ payload }), form)).toThrow(
      expect.objectContaining({
        code: 'UPDATE_INVALID',
        message: expect.stringContaining(`type ${element}`) as string,
      }),
    );
  });
});
