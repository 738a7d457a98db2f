import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dateOf } from './dates.js';

it('reads what JavaScript writes', () =>
  fc.assert(
    fc.property(fc.date({ min: new Date('0000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }), (date) => {
      expect(dateOf(date.toISOString())).toBe(date.getTime());
      expect(dateOf(date.toISOString().replace('T', ' ').replace('Z', '+00:00'))).toBe(date.getTime());
      expect(dateOf(date.toISOString().slice(0, 10))).toBe(Math.floor(date.getTime() / 86_400_000) * 86_400_000);
    }),
  ));

it('reads minutes, zones, and no zone as UTC', () => {
  const noon = Date.UTC(2024, 1, 29, 12);
  for (const text of ['2024-02-29T12:00', '2024-02-29 12:00:00', '2024-02-29T13:30+01:30', '2024-02-29T07:00-0500'])
    expect(dateOf(text), text).toBe(noon);
});

it.each([
  ...['', '2023-02-29', '2024-13-01', '2024-00-10', '2024-01-32', '2024-1-1', '01.02.2024', '20240131', '1'],
  ...['2024-01-31T24:00', '2024-01-31T12', '2024-01-31T12:60', '2024-01-31T12:00+24:00', '2024-01-31Z', '2024-01-31 x'],
])('refuses %j', (text) => expect(dateOf(text)).toBeUndefined());
