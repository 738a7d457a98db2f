import { assertPositive, assertThat } from '@fedward/core';

/** A positive rational number, in lowest terms. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/**
 * @param numerator and denominator: integers > 0
 * @throws {FedwardError} ARGUMENT_INVALID naming `numerator` or `denominator`
 */
export function rational(numerator: bigint | number, denominator: bigint | number = 1): Rational {
  const above = positiveInteger('numerator', numerator);
  const below = positiveInteger('denominator', denominator);
  let [divisor, rest] = [above, below];
  while (rest > 0n) [divisor, rest] = [rest, divisor % rest];
  return { numerator: above / divisor, denominator: below / divisor };
}

/**
 * The least multiple of 1/denominator that is no smaller than a number: a variance rounded so is never less than what
 * was priced. A double is a rational too, but one with a denominator of up to 2^1074, which makes exact draws slow.
 *
 * @param value finite, > 0
 * @param denominator integer > 0
 * @throws {FedwardError} ARGUMENT_INVALID naming `value` or `denominator`
 */
export function rationalAtLeast(value: number, denominator = 1024): Rational {
  assertPositive('value', value);
  const below = positiveInteger('denominator', denominator);
  const exact = rationalOf(value);
  return rational((exact.numerator * below + exact.denominator - 1n) / exact.denominator, below);
}

/** A double as the rational that it is. */
function rationalOf(value: number): Rational {
  let [scaled, denominator] = [value, 1n];
  while (!Number.isInteger(scaled)) [scaled, denominator] = [scaled * 2, denominator * 2n];
  return rational(BigInt(scaled), denominator);
}

function positiveInteger(name: string, value: bigint | number): bigint {
  assertThat(
    typeof value === 'bigint' ? value > 0n : Number.isSafeInteger(value) && value > 0,
    name,
    `${name} must be an integer > 0, got ${value}`,
  );
  return BigInt(value);
}
