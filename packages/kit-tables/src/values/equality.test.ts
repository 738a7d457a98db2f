import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { missingTokens, parseNumber, valueKey } from './equality.js';

describe('valueKey', () => {
  it.each([
    ['1', ['1.0', '01', '+1', '1e0', '10e-1', '0.1e1', '1.', '001.000']],
    ['0', ['0.0', '-0', '.0', '0e7', '00']],
    ['-9', ['-9.0', '-09', '-90e-1']],
    ['1200', ['12e2', '1.2e+3']],
    ['M\u00fcller', ['Mu\u0308ller']],
  ])('is one for all spellings of %s', (value, spellings) => {
    for (const spelling of spellings) expect(valueKey(spelling), spelling).toBe(valueKey(value));
  });

  it('tells apart what a float64 can not, and text from numbers', () => {
    const different = [
      '12345678901234567890',
      '12345678901234567891',
      '1',
      '-1',
      '10',
      '0.1',
      'P1',
      'p1',
      'NaN',
      '1e',
      '',
    ];
    expect(new Set(different.map((text) => valueKey(text))).size).toBe(different.length);
  });

  it('follows the decimal mark', () => {
    expect(valueKey('1,50', ',')).toBe(valueKey('1.5'));
    expect(valueKey('1,5')).toBe('1,5');
    expect(parseNumber('1,5', ',')).toBe(1.5);
    expect(parseNumber('1.5', ',')).toBeUndefined(); // it may be a thousand and a half
  });

  it('agrees with float64 wherever that is exact', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: 0, max: 5 }), (x, zeros) => {
        const text = String(x);
        const padded = /^-?\d+$/.test(text) ? text.replace(/\d/, (d) => '0'.repeat(zeros) + d) : text;
        expect(valueKey(padded)).toBe(valueKey(text));
        expect(parseNumber(padded)).toBe(Object.is(x, -0) ? 0 : x);
      }),
    );
  });
});

describe('missingTokens', () => {
  it('know a number however it is spelled, and text as it is', () => {
    const missing = missingTokens(['-9', 'NA', '']);
    for (const cell of ['-9', '-9.0', '-9.00', '-9e0', 'NA', '']) expect(missing.has(cell), cell).toBe(true);
    for (const cell of ['9', '-90', 'na', '-9 cm']) expect(missing.has(cell), cell).toBe(false);
  });

  it('may be written with either decimal mark where the file has a comma', () => {
    const missing = missingTokens(['-9.5', '-8,5'], ',');
    for (const cell of ['-9,5', '-9,50', '-8,5']) expect(missing.has(cell), cell).toBe(true);
  });
});

it('a number is recognised exactly where the pattern of one fits', () => {
  const pattern = /^([+-]?)(?:(\d+)\.?(\d*)|\.(\d+))(?:[eE]([+-]?\d+))?$/;
  const nearly = fc.string({ unit: fc.constantFrom(...'0123456789.+-eExX_ nIN\u0660'), maxLength: 9 });
  fc.assert(
    fc.property(fc.oneof(nearly, fc.double().map(String), fc.string()), (text) =>
      Object.is(parseNumber(text), pattern.test(text) ? Number(text) : undefined),
    ),
    { numRuns: 2000 },
  );
});

describe('parseNumber of plain decimals', () => {
  it('is the float64 that Number reads, to the last bit', () => {
    const digits = fc.stringMatching(/^[+-]?[0-9]{0,16}\.?[0-9]{0,16}$/);
    fc.assert(
      fc.property(digits, (text) => {
        const value = Number(text);
        expect(parseNumber(text)).toBe(text === '' || Number.isNaN(value) ? undefined : value);
      }),
      { numRuns: 2000 },
    );
    expect(parseNumber('-0')).toBe(-0);
    expect(['.', '-', '1.2.3', '1-', '+.'].map((text) => parseNumber(text))).toEqual(Array(5).fill(undefined));
  });
});
