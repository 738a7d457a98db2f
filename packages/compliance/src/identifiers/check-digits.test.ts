import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as checks from './check-digits.js';

/** Published examples, none of them anybody's. */
const examples: Readonly<Record<Exclude<keyof typeof checks, 'isMbi' | 'isSsn'>, readonly string[]>> = {
  hasLuhnDigit: ['79927398713', '490154203237518'],
  isCardNumber: ['4111111111111111', '5500005555555559', '378282246310005'],
  isNpi: ['1234567893', '1245319599'],
  isDeaNumber: ['AB1234563', 'F91234563'],
  isIban: ['GB82WEST12345698765432', 'DE89370400440532013000', 'NL91ABNA0417164300', 'FR1420041010050500013M02606'],
  isVin: ['1M8GDM9AXKP042788', '1HGCM82633A004352'],
  isNhsNumber: ['9434765919', '4010232137'],
  isKvnr: ['A123456780'],
  isSteuerId: ['86095742719', '47036892816'],
  isNir: ['255081416802538'],
  isBsn: ['111222333', '123456782'],
  isDni: ['12345678Z', 'X1234567L'],
};

describe.each(Object.entries(examples))('%s', (name, numbers) => {
  const holds = checks[name as keyof typeof examples];

  it.each(numbers)('takes %s', (number) => {
    expect(holds(number)).toBe(true);
  });

  it('refuses a number with one digit changed', () => {
    const number = numbers[0]!;
    const places = [...number].flatMap((sign, i) => (/\d/.test(sign) ? [i] : []));
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.integer({ min: 1, max: 9 }), (place, more) => {
        // Where digits are doubled and their sum taken by ten, one that differs by five looks the same.
        fc.pre(name !== 'isDeaNumber' || more !== 5);
        const changed = String((Number(number[place]) + more) % 10);
        const other = number.slice(0, place) + changed + number.slice(place + 1);
        if (holds(other)) throw new Error(other);
      }),
    );
  });

  it('refuses letters and nothing', () => {
    expect([holds(''), holds('ABCDEF'), holds('0')]).toEqual([false, false, false]);
  });
});

describe('numbers without a check digit', () => {
  it('knows which areas, groups and serials there are among social security numbers', () => {
    expect(['078051120', '665123456'].map(checks.isSsn)).toEqual([true, true]);
    expect(['000123456', '666123456', '900123456', '123004567', '123450000', '12345678'].some(checks.isSsn)).toBe(
      false,
    );
  });

  it('knows the places of digits and letters in a Medicare beneficiary identifier', () => {
    expect(checks.isMbi('1EG4TE5MK73')).toBe(true);
    expect(['0EG4TE5MK73', '1SG4TE5MK73', '1EGATE5MK73', '1EG4TE5MK7'].some(checks.isMbi)).toBe(false);
  });
});
