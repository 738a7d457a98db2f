/** The mark before the digits of a decimal number. */
export type DecimalMark = '.' | ',';

const numbers = {
  '.': /^([+-]?)(?:(\d+)\.?(\d*)|\.(\d+))(?:[eE]([+-]?\d+))?$/,
  ',': /^([+-]?)(?:(\d+),?(\d*)|,(\d+))(?:[eE]([+-]?\d+))?$/,
} as const;

/**
 * What two cells have in common that mean the same: the one rule for patient ids, levels, classes and what stands for a
 * missing value.
 *
 * Cells that are numbers mean the same where they are one number, exactly, however they are written: `1`, `1.0`, `01` and
 * `1e0`. Digits are compared, not float64s, in which two numbers of 18 digits may be one. Any other cells mean the same
 * where their text is the same; an accent may be a character of its own or part of its letter (Unicode NFC).
 *
 * @param text without white space around it
 */
export function valueKey(text: string, decimal: DecimalMark = '.'): string {
  const number = numbers[decimal].exec(text);
  if (!number) return canonicalText(text);
  const [, sign, whole = '', decimals = '', decimalsAlone = '', exponent = '0'] = number;
  const fraction = decimals || decimalsAlone;
  const digits = (whole + fraction).replace(/^0+/, '');
  if (digits === '') return '#0';
  const significant = digits.replace(/0+$/, '');
  const power = Number(exponent) - fraction.length + digits.length - significant.length;
  return `#${sign === '-' ? '-' : ''}${significant}e${power}`;
}

/** Text in which equal characters are equal code units. */
export function canonicalText(text: string): string {
  return isAscii(text) ? text : text.normalize('NFC');
}

/** A decimal number in full, such as `12`, `-.5` or `3.38e-005`; undefined for anything else. */
export function parseNumber(text: string, decimal: DecimalMark = '.'): number | undefined {
  if (decimal === ',') return numbers[','].test(text) ? Number(text.replace(',', '.')) : undefined;
  // A million rows have thirty million cells. Of at most 15 digits without an exponent the digits as an integer, and the
  // power of ten that it is divided by, are exact float64s, so that their quotient is the float64 next to the number
  // (Clinger 1990, "How to read floating point numbers accurately", section 3).
  let digits = 0;
  let whole = 0;
  let point = -1;
  const first = text.charCodeAt(0);
  const start = first === minus || first === plus ? 1 : 0;
  for (let i = start; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= zero && code <= zero + 9) {
      whole = 10 * whole + code - zero;
      digits++;
    } else if (code === pointMark && point < 0) point = i;
    else return inFull(text);
  }
  if (digits === 0 || digits > 15) return inFull(text);
  const value = point < 0 ? whole : whole / powers[text.length - 1 - point]!;
  return first === minus ? -value : value;
}

const [plus, minus, pointMark, zero] = [0x2b, 0x2d, 0x2e, 0x30] as const;
const powers: readonly number[] = Array.from({ length: 16 }, (_, n) => Number(`1e${n}`));

/** What is made of these characters alone is a number to `Number` exactly where it is one here. */
function inFull(text: string): number | undefined {
  if (text === '') return undefined;
  for (let i = 0; i < text.length; i++) if (!ofNumbers[text.charCodeAt(i)]) return undefined;
  const value = Number(text);
  return Number.isNaN(value) ? undefined : value;
}

const ofNumbers: readonly boolean[] = Array.from({ length: 128 }, (_, code) =>
  '0123456789.+-eE'.includes(String.fromCharCode(code)),
);

/** Three digits after each comma, and no other mark: `1,234` may be 1234, or 1.234 where a comma is the decimal mark. */
export function hasGroupsOfThree(text: string): boolean {
  return /^[+-]?[1-9]\d{0,2}(,\d{3})+$/.test(text);
}

/** True for a number with a unit or a percent sign behind it, such as `5 mg` or `12%`. */
export function hasUnit(text: string): boolean {
  return /^[+-]?\d+([.,]\d+)?\s*([\p{L}°µμ%‰][^\d]*)$/u.test(text) && parseNumber(text) === undefined;
}

/** What stands for a missing value. */
export interface MissingTokens {
  has(cell: string): boolean;
}

/**
 * The tokens of a schema, by the rule of `valueKey`: where `-9` stands for a missing value, `-9.0` does.
 * @param decimal the file's; a schema may be written with a point all the same
 */
export function missingTokens(tokens: readonly string[], decimal: DecimalMark = '.'): MissingTokens {
  const texts = new Set(tokens.map((token) => canonicalText(token.trim())));
  const begins = new Set([...texts].map((token) => token.charCodeAt(0)));
  const values = new Set<number>();
  const keys = new Set<string>();
  for (const mark of [decimal, '.'] as const)
    for (const token of tokens) {
      const value = parseNumber(token.trim(), mark);
      if (value === undefined) continue;
      values.add(value);
      keys.add(valueKey(token.trim(), mark));
    }
  // Most cells differ from all tokens in how they begin, and as numbers: no more is looked at then.
  const isNumber = (cell: string): boolean => {
    const value = parseNumber(cell, decimal);
    return value !== undefined && values.has(value) && keys.has(valueKey(cell, decimal));
  };
  return { has: (cell) => (begins.has(cell.charCodeAt(0)) && texts.has(cell)) || (keys.size > 0 && isNumber(cell)) };
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}
