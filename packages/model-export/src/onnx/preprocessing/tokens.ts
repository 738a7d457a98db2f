import { canonicalText, parseNumber, usualMissing, type Column, type DecimalMark } from '@fedward/kit-tables';

/** What stands for a missing value in a column, as the graph can tell it. */
export interface Tokens {
  /** Such as -9. */
  readonly numbers: readonly number[];
  /** Such as `NA`, and the empty text. */
  readonly texts: readonly string[];
}

/** How the source of a study is written, as far as cells go. */
export interface Writing {
  readonly missing?: readonly string[] | undefined;
  readonly decimal?: DecimalMark | undefined;
}

/** By what the source says, and the column itself; a schema may be written with a point where the file has commas. */
export function tokensOf(
  { missingTokens = [] }: Column,
  { missing = usualMissing, decimal = '.' }: Writing = {},
): Tokens {
  const all = [...missing, ...missingTokens].map((token) => token.trim());
  const numbers = all.flatMap((token) => [parseNumber(token, decimal), parseNumber(token)]);
  return {
    numbers: [...new Set(numbers.filter((number) => number !== undefined))],
    texts: [...new Set(['', ...all].map(canonicalText))],
  };
}
