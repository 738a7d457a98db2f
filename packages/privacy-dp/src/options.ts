import { float32Schema, inFloat32Range, parseWith } from '@fedward/core';
import * as z from 'zod';

/** A norm to clip to; each mechanism says of what. */
export const clipNormOption = float32Schema;

/** Standard deviation of the noise over the sensitivity, >= 0; each mechanism says of what. */
export const noiseMultiplierOption = z.number().nonnegative();

/** Divisor of a sum over hospitals. */
export const expectedClientsOption = z
  .number()
  .positive()
  .describe('divisor of the sum: how many hospitals are expected in a round, a public constant');

/**
 * Checks a plugin's options.
 * @param path where the options stand, such as `privacy.mechanisms.0.options`
 * @param plugin its name
 * @throws {FedwardError} CONFIG_INVALID naming the key with its whole path
 */
export function parseOptions<T extends z.ZodType>(
  schema: T,
  options: unknown,
  path: string,
  plugin: string,
): z.output<T> {
  return parseWith(z.object({ [path]: schema }), { [path]: options }, plugin)[path] as z.output<T>;
}

/** For `refine` of options: noise that float32, in which updates are, does not round away. */
export function noiseFits(options: { readonly clipNorm: number; readonly noiseMultiplier: number }): boolean {
  return options.noiseMultiplier === 0 || inFloat32Range(options.noiseMultiplier * options.clipNorm);
}

/** What is said of noise that does not. */
export const noiseDoesNotFit = {
  path: ['noiseMultiplier'],
  error: 'times clipNorm must be 0, or from 2^-100 (7.9e-31) to 2^100 (1.3e30): beyond, float32 rounds it away',
};
