import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ageAt, daysBetween, momentOf } from './moment.js';
import { windowOf, windowSchema } from './window.js';

const at = (text: string) => momentOf(text)!;

describe('momentOf', () => {
  it('reads days, points of time, months and years', () => {
    expect(at('2024-02')).toMatchObject({ from: Date.UTC(2024, 1, 1), to: Date.UTC(2024, 2, 1), partial: true });
    expect(at('2024')).toMatchObject({ from: Date.UTC(2024, 0, 1), to: Date.UTC(2025, 0, 1), partial: true });
    expect(at('2024-02-29')).toMatchObject({ from: Date.UTC(2024, 1, 29), to: Date.UTC(2024, 2, 1), partial: false });
    const point = at('2024-01-31T20:30:00.5-05:00');
    expect(point.from).toBe(Date.UTC(2024, 0, 31, 20, 30, 0, 500)); // the clock on the wall
    expect(point.instant).toBe(Date.UTC(2024, 1, 1, 1, 30, 0, 500));
    expect(at('1981-08-10 00:00:00').to).toBe(Date.UTC(1981, 7, 10));
    expect(at('0047-05-01').from).toBe(new Date(0).setUTCFullYear(47, 4, 1));
  });

  it('refuses what no calendar has', () => {
    for (const text of [
      '',
      '2024-13',
      '2023-02-29',
      '2024-00-10',
      '2024-1-1',
      '24-01-01',
      '2024-01-01T25:00',
      '2024-01-01T10:00+19:00',
      '2024-01-01T',
      'x2024',
    ])
      expect(momentOf(text), text).toBeUndefined();
  });
});

describe('ageAt', () => {
  it.each([
    ['1960-06-15', '2020-06-14', 'a', 59],
    ['1960-06-15', '2020-06-15T00:10:00+02:00', 'a', 60],
    ['2020-02-29', '2021-02-28', 'a', 0],
    ['2020-02-29', '2021-03-01', 'a', 1],
    ['2020-01-31', '2020-02-29', 'mo', 0],
    ['2020-01-31', '2020-03-01', 'mo', 1],
    ['2020-01-01', '2020-01-15', 'wk', 2],
    ['2020-01-01', '2020-01-15', 'd', 14],
    ['1960', '2020-07-10', 'a', 60], // from the middle of the year, 2 July
    ['1960', '2020-06-20', 'a', 59],
    ['2024-02-17', '2020-01-01', 'a', -5],
  ] as const)('born %s, at %s: in %s %d', (birth, index, unit, age) => {
    expect(ageAt(at(birth), at(index), unit)).toBe(age);
  });
});

describe('windows', () => {
  const inside = (window: object, moment: string, index = '2020-03-31T10:00:00+01:00') =>
    windowOf(windowSchema.parse(window) as never)(at(moment), at(index));

  it('in days count whole days, that of the index among them', () => {
    const year = { before: 'P1Y', after: 'P0D' };
    expect(inside(year, '2019-03-31')).toBe(true);
    expect(inside(year, '2019-03-30T23:59:59+01:00')).toBe(false);
    expect(inside(year, '2020-03-31T23:00:00+02:00')).toBe(true);
    expect(inside(year, '2020-03-31')).toBe(true);
    expect(inside(year, '2020-04-01T00:00:00+02:00')).toBe(false);
    expect(inside(year, '2020-04-01')).toBe(false);
  });

  it('let nothing in that came later, unless they say so', () => {
    expect(inside({}, '1950')).toBe(true);
    expect(inside({}, '2020-04-01')).toBe(false);
    expect(inside({ before: 'P1Y' }, '2020-04-01')).toBe(false);
  });

  it('take months by the calendar', () => {
    expect(inside({ before: 'P1M' }, '2020-02-29')).toBe(true);
    expect(inside({ before: 'P1M' }, '2020-02-28')).toBe(false);
    expect(inside({ before: 'P1Y' }, '2019-02-28', '2020-02-29')).toBe(true);
  });

  it('turn round by a minus: what comes after, without the day itself', () => {
    const later = { before: '-P1D', after: 'P30D' };
    expect(inside(later, '2020-03-31T23:59')).toBe(false);
    expect(inside(later, '2020-04-01')).toBe(true);
    expect(inside(later, '2020-04-30T23:59')).toBe(true);
    expect(inside(later, '2020-05-01')).toBe(false);
    expect(inside({ after: '-P7D' }, '2020-03-24')).toBe(true);
    expect(inside({ after: '-P7D' }, '2020-03-25')).toBe(false);
  });

  it('in hours count by the clock', () => {
    const day = { before: 'PT0H', after: 'PT24H' };
    expect(inside(day, '2020-03-31T09:59')).toBe(false);
    expect(inside(day, '2020-03-31T10:00')).toBe(true);
    expect(inside(day, '2020-04-01T10:00')).toBe(true);
    expect(inside(day, '2020-04-01T10:01')).toBe(false);
    expect(inside(day, '2020-03-31')).toBe('vague'); // some of that day came before
  });

  it('leave out dates of which nobody can tell', () => {
    expect(inside({ before: 'P1Y' }, '2020')).toBe('vague');
    expect(inside({ before: 'P1Y' }, '2019-06')).toBe(true);
    expect(inside({ before: 'P1Y' }, '2021')).toBe(false);
  });

  it('refuse what is no duration', () => {
    for (const before of ['', 'P', 'PT', '1Y', 'P1', 'P1.5Y', 'P-1D', 'P1H'])
      expect(windowSchema.safeParse({ before }).success, before).toBe(false);
    expect(windowSchema.safeParse({ before: 'P1Y', until: 'P1D' }).success).toBe(false);
  });

  it('hold for days what counting them says', () => {
    fc.assert(
      fc.property(fc.integer({ min: -400, max: 400 }), fc.nat(300), fc.nat(300), (offset, before, after) => {
        const moment = new Date(Date.UTC(2020, 2, 31) + offset * 86_400_000).toISOString().slice(0, 10);
        expect(inside({ before: `P${before}D`, after: `P${after}D` }, moment)).toBe(
          offset >= -before && offset <= after,
        );
        expect(daysBetween(at('2020-03-31T10:00:00+01:00'), at(moment))).toBe(offset);
      }),
    );
  });
});
