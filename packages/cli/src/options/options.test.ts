import { describe, expect, it } from 'vitest';
import {
  anyNumber,
  notNegative,
  numberBetween,
  positive,
  positiveList,
  positiveUpTo,
  sha256Digest,
  wholeNumber,
} from './options.js';

const digest = '0123456789abcdef'.repeat(4);

describe.each<[string, (text: string) => unknown, readonly string[], readonly string[]]>([
  ['numberBetween, with its ends', numberBetween(0, 1), ['0', '1', '0.5', '1e-9'], ['-1e-9', '1.01']],
  ['numberBetween, without', numberBetween(0, 1, true), ['0.5', '1e-9'], ['0', '1']],
  ['positiveUpTo', positiveUpTo(5), ['1e-9', '5'], ['0', '-1', '5.01']],
  ['positive', positive, ['1e-9', '7e9'], ['0', '-1']],
  ['notNegative', notNegative, ['0', '2.5'], ['-1e-9']],
  ['anyNumber', anyNumber, ['-1', '0', '2.5'], []],
  ['wholeNumber', wholeNumber(2), ['2', '300'], ['1', '2.5', '-3', '9007199254740993']],
])('%s', (_name, parse, good, bad) => {
  it.each(good)('takes %s', (text) => expect(parse(text)).toBe(Number(text)));
  it.each([...bad, '', ' ', 'many', 'NaN', 'Infinity'])('refuses "%s"', (text) =>
    expect(() => parse(text)).toThrow('must be'),
  );
});

describe('positiveList', () => {
  it.each<[string, number[]]>([
    ['1,3', [1, 3]],
    ['0.5, 2,1e3', [0.5, 2, 1000]],
    ['4', [4]],
  ])('takes "%s"', (text, list) => expect(positiveList(text)).toEqual(list));
  it.each(['', ',', '1,', '1,0', '1,-2', '1;2', 'balanced', '1,NaN'])('refuses "%s"', (text) =>
    expect(() => positiveList(text)).toThrow('must be numbers above 0'),
  );
});

describe('sha256Digest', () => {
  it('takes 64 hexadecimal digits', () => expect(sha256Digest(digest)).toBe(digest));
  it.each(['', digest.slice(1), `${digest}0`, digest.toUpperCase(), digest.replace('0', 'g')])('refuses "%s"', (text) =>
    expect(() => sha256Digest(text)).toThrow('64 hexadecimal digits'),
  );
});
