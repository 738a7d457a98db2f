import {
  assertInteger,
  assertThat,
  createLayout,
  FedwardError,
  float32Range,
  incompatible,
  inFloat32Range,
  type ElementArray,
  type TensorsForm,
} from '@fedward/core';
import type { BitSource } from '@fedward/kit-noise';
import { roundAtRandom } from './rounding.js';

/** How real numbers become words that are summed modulo 2^32: all sites of a round, and the server, must have the same. */
export interface FixedPoint {
  /** Largest absolute value, > 0; what is beyond is clipped to it. */
  readonly range: number;
  /** 32: one word a value. 64: two words a value, for finer steps, more sites, or larger weights. */
  readonly bits: 32 | 64;
  /** The most sites that are summed, >= 1. */
  readonly sites: number;
  /** The largest weight of a site, >= 1; 1 where all sites have the same weight. */
  readonly mostRecords: number;
}

/** A sum of encodings as numbers again: `payload / divisor` is the weighted mean. */
export interface DecodedSum {
  /** Sum of value x weight / `mostRecords` over the sites. */
  readonly payload: Float64Array;
  /** Sum of weight / `mostRecords`: the number of sites, where all have the same weight. */
  readonly divisor: number;
}

/** A site of the least weight has at least so many steps from 0 to the range. */
const leastSteps = 2 ** 10;
/** Integers up to this, and their fractions of at least one bit, are exact in float64. */
const mostExact = 2 ** 52;
const mostSigned = 2 ** 31 - 1;
const mostWord = 2 ** 32 - 1;

/** The integers that values become. */
interface Grid {
  /** What one of them stands for: a power of two, so that to divide by it rounds nothing, and whole numbers stay whole. */
  readonly unit: number;
  /** With 64 bits an integer is low + high x base, 0 <= low < base; with 32 it is all low. */
  readonly base: number;
}

/**
 * The finest grid on which no sum can wrap. Each site's integer is at most ceil(range / unit). With 32 bits `sites` of them
 * are within a signed word. With 64 `sites` low digits are within an unsigned word and `sites` high ones within a signed
 * one: both are summed by themselves, so nothing is carried, and the integers are put together after the sum.
 */
function gridOf({ range, bits, sites }: FixedPoint): Grid {
  const base = bits === 64 ? 2 ** Math.min(24, Math.clz32(sites - 1)) : 1;
  const most = Math.min(mostExact, base * Math.floor(mostSigned / sites));
  let unit = 2 ** Math.ceil(Math.log2(range / most));
  while (Math.ceil(range / unit) > most) unit *= 2; // the logarithm was rounded
  return { unit, base };
}

/**
 * @throws {FedwardError} ARGUMENT_INVALID naming the member that is out of range; CONFIG_INCOMPATIBLE, saying what to
 *   change, where sums could wrap or a site of weight 1 would have less than 2^10 steps from 0 to the range
 */
export function assertFixedPoint(fixedPoint: FixedPoint): void {
  const { range, bits, sites, mostRecords } = fixedPoint;
  const { least, most } = float32Range;
  assertThat(inFloat32Range(range), 'range', `range must be from ${least} to ${most}, got ${range}`);
  assertThat(bits === 32 || bits === 64, 'bits', `bits must be 32 or 64, got ${String(bits)}`);
  assertInteger('sites', sites, 1, mostSigned);
  assertInteger('mostRecords', mostRecords, 1);
  const steps = range / gridOf(fixedPoint).unit;
  const largestWeight = Math.floor(Math.min(steps / leastSteps, mostWord / sites));
  if (mostRecords <= largestWeight) return;
  const changes = [
    ...(bits === 32 ? ['bits to 64'] : []),
    ...(largestWeight >= 1 ? [`mostRecords to at most ${largestWeight}`] : ['a smaller cohort']),
    ...(largestWeight >= 1 && mostRecords > 1 ? ['weights to equal'] : []),
  ];
  throw incompatible(
    `${bits} bits are not enough for sums of ${sites} sites with weights up to ${mostRecords}: ${
      steps / mostRecords < leastSteps
        ? `a site of weight 1 would have ${Math.floor(steps / mostRecords)} steps from 0 to the range, ${leastSteps} are needed`
        : 'the sum of the weights could pass 32 bits'
    }. Set ${changes.join(', or ')}`,
    bits === 32 ? 'bits' : 'mostRecords',
  );
}

/**
 * What an update looks like once it is encoded: words, `values` first (with 64 bits all low digits, then all high ones),
 * then `weight`, which adds up in the same sum.
 */
export function maskedForm({ layout: { size } }: TensorsForm, { bits }: Pick<FixedPoint, 'bits'>): TensorsForm {
  const layout = createLayout([
    { name: 'values', shape: bits === 64 ? [2, size] : [size] },
    { name: 'weight', shape: [1] },
  ]);
  return { layout, element: 'u32' };
}

/**
 * A site's values as words. Each value is clipped to the range, multiplied by weight / `mostRecords`, and rounded up or down
 * at random so that its mean is kept (but for 2^-32 of a step).
 *
 * @param values finite; left as they are
 * @param weight an integer from 1 to `mostRecords`
 * @returns as `maskedForm` has them
 * @throws {FedwardError} UPDATE_NOT_FINITE for a NaN or an Infinity; UPDATE_INVALID for another weight
 */
export function encode(values: ElementArray, weight: number, fixedPoint: FixedPoint, source: BitSource): Uint32Array {
  const { range, bits, mostRecords } = fixedPoint;
  if (!(Number.isInteger(weight) && weight >= 1 && weight <= mostRecords))
    throw new FedwardError(
      'UPDATE_INVALID',
      // The weight itself is not told: this message goes to the server.
      `the weight must be an integer from 1 to mostRecords, which is ${mostRecords}, and is not. Let the plan set ` +
        'mostRecords higher, or weights to equal',
      'mostRecords',
    );
  const { unit, base } = gridOf(fixedPoint);
  const [share, perUnit, size] = [weight / mostRecords, 1 / unit, values.length];
  const words = new Uint32Array(bits === 64 ? 2 * size + 1 : size + 1);
  for (let i = 0; i < size; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value))
      throw new FedwardError('UPDATE_NOT_FINITE', 'values has a NaN or an Infinity', 'values');
    const integer = roundAtRandom(Math.max(-range, Math.min(range, value)) * share * perUnit, source);
    // A typed array takes integers modulo 2^32.
    if (bits === 32) words[i] = integer;
    else {
      const high = Math.floor(integer / base);
      words[i] = integer - high * base;
      words[size + i] = high;
    }
  }
  words[words.length - 1] = weight;
  return words;
}

/**
 * The sum of encodings, as numbers.
 *
 * @param sum words of `encode`, added up modulo 2^32, of at most `sites` sites
 * @param size number of values in an update
 * @throws {FedwardError} ARGUMENT_INVALID for another number of words; UPDATE_INVALID where the weights add up to what no
 *   sum of `sites` weights can be, as in a sum whose masks were not taken off, or a value to what no mean of values within
 *   the range can be, as where one site's words are forged
 */
export function decode(sum: Uint32Array, fixedPoint: FixedPoint, size: number): DecodedSum {
  const { bits, sites, mostRecords } = fixedPoint;
  const words = bits === 64 ? 2 * size + 1 : size + 1;
  assertThat(sum.length === words, 'sum', `sum has ${sum.length} words, an update of ${size} values has ${words}`);
  const weights = sum[words - 1]!;
  if (weights < 1 || weights > sites * mostRecords)
    throw new FedwardError(
      'UPDATE_INVALID',
      `the weights add up to ${weights}, those of ${sites} sites are ${sites * mostRecords} at most: this is no sum of theirs`,
      'weight',
    );
  const { unit, base } = gridOf(fixedPoint);
  const payload = new Float64Array(size);
  if (bits === 32) for (let i = 0; i < size; i++) payload[i] = (sum[i]! | 0) * unit;
  else for (let i = 0; i < size; i++) payload[i] = ((sum[size + i]! | 0) * base + sum[i]!) * unit;
  const divisor = weights / mostRecords;
  const most = fixedPoint.range * divisor + roundingBound(fixedPoint);
  if (payload.some((value) => Math.abs(value) > most))
    throw new FedwardError(
      'UPDATE_INVALID',
      `a mean is beyond the range of ${fixedPoint.range}, to which each site's values are cut: a site sent other words`,
      'values',
    );
  return { payload, divisor };
}

/**
 * How far a decoded sum's value is from the exact sum of clipped values x weight / `mostRecords`, at most: one step for each
 * site, which stochastic rounding is always within, and what float64 rounds on the way. In the same unit as the range.
 * The mean is within this over the divisor: for sites of weight 1, within range / 2^10.
 */
export function roundingBound(fixedPoint: FixedPoint): number {
  return fixedPoint.sites * (gridOf(fixedPoint).unit + fixedPoint.range * 2 ** -51);
}
