import * as z from 'zod';

/**
 * Positive numbers that training in float32 can be given: well inside of float32's normal numbers (2^-126 to 2^128), so
 * that what is multiplied by them is neither rounded to nothing, nor to infinity, on the way.
 */
export const float32Range = { least: 2 ** -100, most: 2 ** 100 } as const;

export function inFloat32Range(value: number): boolean {
  return value >= float32Range.least && value <= float32Range.most;
}

/** A clip norm, a learning rate: a positive number that float32 can be given. */
export const float32Schema = z
  .number()
  .refine(inFloat32Range, 'must be from 2^-100 (7.9e-31) to 2^100 (1.3e30): beyond, float32 rounds it away');
