/**
 * Check digits of numbers by which people, accounts and things are known. Each function takes the number without spaces, points
 * and hyphens, letters in capitals, and is false for what has another form.
 */

const digitsOf = (text: string): number[] => [...text].map(Number);

const weighted = (digits: readonly number[], weights: readonly number[]): number =>
  weights.reduce((sum, weight, i) => sum + weight * digits[i]!, 0);

/** ISO/IEC 7812-1, annex B: payment cards, IMEI, NPI. */
export function hasLuhnDigit(text: string): boolean {
  if (!/^\d{2,}$/.test(text)) return false;
  const sum = digitsOf(text)
    .reverse()
    .reduce((all, digit, i) => all + (i % 2 === 0 ? digit : digit < 5 ? 2 * digit : 2 * digit - 9), 0);
  return sum % 10 === 0;
}

/** A payment card: 13 to 19 digits of a known issuer. */
export function isCardNumber(text: string): boolean {
  return (
    /^(?:3[47]\d{13}|4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2[2-7]\d{14}|6\d{15,18})$/.test(text) && hasLuhnDigit(text)
  );
}

/** National Provider Identifier: ten digits, with the prefix 80840 under Luhn (45 CFR 162.406). */
export function isNpi(text: string): boolean {
  return /^[12]\d{9}$/.test(text) && hasLuhnDigit(`80840${text}`);
}

/** Registration with the Drug Enforcement Administration: two letters and seven digits, the last from the others. */
export function isDeaNumber(text: string): boolean {
  if (!/^[ABFGMPRX][A-Z9]\d{7}$/.test(text)) return false;
  const digits = digitsOf(text.slice(2));
  return weighted(digits, [1, 2, 1, 2, 1, 2]) % 10 === digits[6];
}

/** The remainder by 97 of a number of any length. */
function mod97(digits: string): number {
  let rest = 0;
  for (const digit of digits) rest = (10 * rest + Number(digit)) % 97;
  return rest;
}

/** ISO 13616: country, two check digits, account; remainder 1 by 97 (ISO 7064). */
export function isIban(text: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(text)) return false;
  const turned = text.slice(4) + text.slice(0, 4);
  return mod97(turned.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55))) === 1;
}

/** Values of letters in a VIN (49 CFR 565.15, table III). */
const vinValues: Readonly<Record<string, number>> = Object.fromEntries(
  [...'ABCDEFGH']
    .map((letter, i) => [letter, i + 1])
    .concat(
      [...'JKLMN'].map((letter, i) => [letter, i + 1]),
      [...'STUVWXYZ'].map((letter, i) => [letter, i + 2]),
      [['P', 7], ['R', 9]], // prettier-ignore
    ) as [string, number][],
);

/** Vehicle identification number with the check digit of 49 CFR 565.15(c), which vehicles of North America have. */
export function isVin(text: string): boolean {
  if (!/^[A-HJ-NPR-Z0-9]{17}$/.test(text) || !/[A-Z]/.test(text) || !/\d{4}$/.test(text)) return false;
  const values = [...text].map((sign) => (/\d/.test(sign) ? Number(sign) : vinValues[sign]!));
  const rest = weighted(values, [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
  return text[8] === (rest === 10 ? 'X' : String(rest));
}

/** United States: area not 000, 666 or from 900 on, group not 00, serial not 0000 (Social Security Administration). */
export function isSsn(text: string): boolean {
  return /^(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}$/.test(text);
}

/** Medicare Beneficiary Identifier: eleven signs, each place with digits or letters of its own; no S, L, O, I, B, Z (CMS). */
export function isMbi(text: string): boolean {
  return /^[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d[AC-HJKMNP-RT-Y]{2}\d{2}$/.test(
    text,
  );
}

/** England and Wales: ten digits, the last modulo 11. */
export function isNhsNumber(text: string): boolean {
  if (!/^\d{10}$/.test(text) || /^(\d)\1+$/.test(text)) return false;
  const digits = digitsOf(text);
  const check = 11 - (weighted(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11);
  return check !== 10 && (check === 11 ? 0 : check) === digits[9];
}

/** Germany, health insurance: a letter and nine digits, the letter as two digits, weights 1 and 2 in turn (section 290 SGB V). */
export function isKvnr(text: string): boolean {
  if (!/^[A-Z]\d{9}$/.test(text)) return false;
  const letter = String(text.charCodeAt(0) - 64).padStart(2, '0');
  const digits = digitsOf(letter + text.slice(1));
  const sum = digits.slice(0, 10).reduce((all, digit, i) => {
    const product = digit * (i % 2 === 0 ? 1 : 2);
    return all + (product > 9 ? product - 9 : product);
  }, 0);
  return sum % 10 === digits[10];
}

/** Germany, tax: eleven digits, ISO 7064 MOD 11,10; of the first ten one digit occurs twice or three times. */
export function isSteuerId(text: string): boolean {
  if (!/^[1-9]\d{10}$/.test(text)) return false;
  const different = new Set(text.slice(0, 10)).size;
  if (different !== 9 && different !== 8) return false;
  let product = 10;
  for (const digit of digitsOf(text.slice(0, 10))) {
    const sum = (digit + product) % 10 || 10;
    product = (2 * sum) % 11;
  }
  return (11 - product) % 10 === Number(text[10]);
}

/** France, social security (NIR): 13 signs and a key of 97 less the remainder; Corsica's 2A and 2B count as 19 and 18. */
export function isNir(text: string): boolean {
  if (!/^[1-478]\d{2}(?:0[1-9]|1[0-2]|[2-9]\d)(?:\d{2}|2[AB])\d{8}$/.test(text)) return false;
  const number = text.slice(0, 13).replace('2A', '19').replace('2B', '18');
  return 97 - mod97(number) === Number(text.slice(13));
}

/** Netherlands, citizen service number: nine digits, the test of eleven. */
export function isBsn(text: string): boolean {
  if (!/^\d{9}$/.test(text) || /^0+$/.test(text)) return false;
  return weighted(digitsOf(text), [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0;
}

/** Spain: eight digits (of foreigners X, Y or Z and seven), and the letter that the remainder by 23 stands for. */
export function isDni(text: string): boolean {
  if (!/^[\dXYZ]\d{7}[A-Z]$/.test(text)) return false;
  const number = Number(text.slice(0, 8).replace(/^[XYZ]/, (letter) => String('XYZ'.indexOf(letter))));
  return 'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23] === text[8];
}
