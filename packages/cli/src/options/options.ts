import { didYouMean } from '@fedward/core';
import { InvalidArgumentError, Option } from 'commander';

/** Commander's parsers for values; a wrong one is a usage error that names the option. */
export function numberBetween(minimum: number, maximum: number, exclusive = false) {
  return parser(
    `a number ${exclusive ? 'between' : 'from'} ${minimum} ${exclusive ? 'and' : 'to'} ${maximum}`,
    (value) => (exclusive ? value > minimum && value < maximum : value >= minimum && value <= maximum),
  );
}

/** Above 0, and at most so much. */
export function positiveUpTo(maximum: number) {
  return parser(`a number above 0, and at most ${maximum}`, (value) => value > 0 && value <= maximum);
}

export const positive = parser('a number above 0', (value) => value > 0);

export const notNegative = parser('a number of at least 0', (value) => value >= 0);

/** For options whose range is the plugin's to say. */
export const anyNumber = parser('a number', () => true);

/** @param maximum what ends within a person's patience; without one the plugin says how far it goes */
export function wholeNumber(minimum: number, maximum = Number.MAX_SAFE_INTEGER) {
  return parser(
    maximum === Number.MAX_SAFE_INTEGER
      ? `a whole number of at least ${minimum}`
      : `a whole number from ${minimum} to ${maximum}`,
    (value) => Number.isSafeInteger(value) && value >= minimum && value <= maximum,
  );
}

/** Numbers above 0, with commas between them. */
export function positiveList(text: string): readonly number[] {
  return text.split(',').map(parser('numbers above 0 with commas between them, such as 1,3', (value) => value > 0));
}

/** For an option that may be given more than once. */
export function repeated(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** An option whose value is one of a few names. */
export function choice(flags: string, description: string, names: readonly string[]): Option {
  return new Option(flags, description).choices(names).argParser((name: string) => {
    if (names.includes(name)) return name;
    throw new InvalidArgumentError(`Allowed choices are ${names.join(', ')}${didYouMean(name, names) || '.'}`);
  });
}

/** A SHA-256, as `audit verify` prints it. */
export function sha256Digest(text: string): string {
  if (!/^[0-9a-f]{64}$/.test(text)) throw new InvalidArgumentError('must be 64 hexadecimal digits, in lower case.');
  return text;
}

function parser(what: string, accepts: (value: number) => boolean): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value) || !accepts(value))
      throw new InvalidArgumentError(`must be ${what}.`);
    return value;
  };
}
