import { FedwardError } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { assertAllClose, assertNames, assertSame, refuses, rejects, watch, within } from './assertions.js';

describe('refuses', () => {
  it('takes a throw and a rejection with the code', async () => {
    const error = new FedwardError('DATA_EMPTY', 'nobody', 'here');
    const thrown = await refuses('DATA_EMPTY', 'it', () => {
      throw error;
    });
    expect(thrown).toBe(error);
    await refuses(['ABORTED', 'DATA_EMPTY'], 'it', () => Promise.reject(error));
  });

  it('says what was expected of what was accepted, or failed otherwise', async () => {
    await expect(refuses('ABORTED', 'fit', () => 1)).rejects.toThrow('fit: expected ABORTED, but it was accepted');
    await expect(refuses('ABORTED', 'fit', () => Promise.reject(new TypeError('x')))).rejects.toThrow(
      'fit: expected ABORTED, got TypeError: x',
    );
    await expect(rejects('fit', () => 1)).rejects.toThrow('but it was accepted');
  });
});

describe('assertSame', () => {
  it('compares bit for bit, and says where', () => {
    assertSame({ a: Float32Array.of(0, NaN) }, { a: Float32Array.of(0, NaN) }, 'state');
    expect(() =>
      assertSame({ a: [{ b: Float32Array.of(1, 0) }] }, { a: [{ b: Float32Array.of(1, -0) }] }, 'state'),
    ).toThrow('state: [a][0][b][1] is 0, expected -0');
    expect(() => assertSame({ a: 1 }, { a: 1, b: 2 }, 'state')).toThrow('state: [b] is undefined, expected 2');
    expect(() => assertSame(Float32Array.of(1), Float64Array.of(1), 'state')).toThrow('state: the value is');
  });
});

describe('the other assertions', () => {
  it('watch for a change', () => {
    const values = Float32Array.of(1, 2);
    const unchanged = watch('the update', { values });
    unchanged();
    values[1] = 3;
    expect(unchanged).toThrow('the update was changed');
  });

  it('compare numbers up to a tolerance, and NaN to nothing else', () => {
    assertAllClose([1.01, NaN], [1, NaN], 'x', { absolute: 0.02 });
    expect(() => assertAllClose([1.03], [1], 'x', { absolute: 0.02 })).toThrow('x, value 0: expected 1, got 1.03');
    expect(() => assertAllClose([NaN], [1], 'x', { absolute: 5 })).toThrow('got NaN');
    expect(() => assertAllClose([1], [1, 2], 'x', {})).toThrow('expected 2 values');
  });

  it('look for a name as the subject and in the message', () => {
    assertNames({ subject: 'hospital-1', message: '' }, 'hospital-1');
    assertNames({ message: 'from hospital-1' }, 'hospital-1');
    expect(() => assertNames({ message: 'a weight' }, 'hospital-1')).toThrow('to name hospital-1');
  });

  it('do not wait for ever', async () => {
    await expect(within(1, 'fit', Promise.resolve(3))).resolves.toBe(3);
    await expect(within(0.01, 'fit', new Promise(() => undefined))).rejects.toThrow('fit: not settled within 0.01 s');
  });
});
