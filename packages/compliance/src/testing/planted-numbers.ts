import type { Random } from '@fedward/core';

/** Draws of letters and digits, and of numbers with the check digits that they have. */
export const pick = <T>(random: Random, values: readonly T[]): T => values[random.integer(0, values.length - 1)]!;
export const digits = (random: Random, n: number, first = 0): string =>
  String(random.integer(first, 9)) + Array.from({ length: n - 1 }, () => random.integer(0, 9)).join('');
export const letters = (random: Random, n: number, of = 'ABCDEFGHJKLMNPRSTUVWXYZ'): string =>
  Array.from({ length: n }, () => of[random.integer(0, of.length - 1)]!).join('');
export const two = (n: number): string => String(n).padStart(2, '0');

export function luhn(body: string): string {
  const sum = [...body].reverse().reduce((all, sign, i) => {
    const doubled = i % 2 === 0 ? 2 * Number(sign) : Number(sign);
    return all + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return body + String((10 - (sum % 10)) % 10);
}

export const mod97 = (text: string): number => [...text].reduce((rest, digit) => (10 * rest + Number(digit)) % 97, 0);

export function iban(random: Random): string {
  const account = digits(random, 18);
  const check = 98 - mod97(`${account}131400`);
  return `DE${two(check)}${account}`.replace(/(.{4})(?=.)/g, '$1 ');
}

export function nhs(random: Random): string {
  for (;;) {
    const nine = digits(random, 9, 4);
    const check = (11 - ([...nine].reduce((sum, digit, i) => sum + (10 - i) * Number(digit), 0) % 11)) % 11;
    if (check < 10) return nine + String(check);
  }
}

export function vin(random: Random): string {
  const body = [
    ...(letters(random, 3, 'WVZFT') + digits(random, 5) + '0' + letters(random, 2, 'ABCD') + digits(random, 6)),
  ];
  const value = (sign: string): number =>
    /\d/.test(sign) ? Number(sign) : ({ A: 1, B: 2, C: 3, D: 4, F: 6, T: 3, V: 5, W: 6, Z: 9 }[sign] as number);
  const weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
  const rest = body.reduce((sum, sign, i) => sum + weights[i]! * value(sign), 0) % 11;
  body[8] = rest === 10 ? 'X' : String(rest);
  return body.join('');
}

export function dea(random: Random): string {
  const six = [...digits(random, 6)].map(Number);
  const check = (six[0]! + six[2]! + six[4]! + 2 * (six[1]! + six[3]! + six[5]!)) % 10;
  return `B${letters(random, 1)}${six.join('')}${check}`;
}

export function kvnr(random: Random): string {
  const letter = letters(random, 1);
  const body = digits(random, 8);
  const all = [...(two(letter.charCodeAt(0) - 64) + body)].map(Number);
  const sum = all.reduce((total, digit, i) => {
    const product = digit * (i % 2 === 0 ? 1 : 2);
    return total + (product > 9 ? product - 9 : product);
  }, 0);
  return letter + body + String(sum % 10);
}

export function nir(random: Random): string {
  const number = `${random.integer(1, 2)}${two(random.integer(30, 99))}${two(random.integer(1, 12))}${two(random.integer(10, 89))}${digits(random, 6)}`;
  return `${number} ${two(97 - mod97(number))}`;
}

export function mbi(random: Random): string {
  const l = 'ACDEFGHJKMNPQRTUVWXY';
  const a = (n: number): string => letters(random, n, l);
  return `${random.integer(1, 9)}${a(2)}${random.integer(0, 9)}-${a(2)}${random.integer(0, 9)}-${a(2)}${digits(random, 2)}`;
}
