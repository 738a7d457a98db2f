import * as z from 'zod';

/** By what one number becomes a feature: `(x - center) / spread`, cut at `-limit` and `limit`. */
export interface Scaling {
  readonly center: number;
  /** > 0 */
  readonly spread: number;
  /** > 0; Infinity: not cut. */
  readonly limit: number;
}

/** Where a scaled number is cut, so that one slip of the pen (999 for "unknown") can't outweigh all other values. */
const mostSpreads = 10;

/**
 * What is known of a column without a look at its values: at most one of the two. Nothing of it may be computed from
 * the data, which would be a release that no epsilon pays for.
 */
export const scalingShape = {
  /** A usual value, which becomes 0, and a usual distance from it, which becomes 1; cut at ten such distances. */
  scale: z.strictObject({ center: z.number(), spread: z.number().positive() }).optional(),
  /** The lowest and the highest value that are believed, which become -1 and 1; values beyond are cut to them. */
  range: z
    .tuple([z.number(), z.number()])
    .refine(([low, high]) => low < high, { error: 'the lowest value must be below the highest' })
    .readonly()
    .optional(),
};

/** Of a column that declares it. */
export interface DeclaredScaling {
  readonly scale?: { readonly center: number; readonly spread: number } | undefined;
  readonly range?: readonly [number, number] | undefined;
}

export const notBoth = ({ scale, range }: DeclaredScaling): boolean => scale === undefined || range === undefined;
export const bothDeclared = { path: ['range'], error: 'there is a scale too: declare one of the two' };

/** What a column declares; undefined where it declares nothing. */
export function declaredScaling({ scale, range }: DeclaredScaling): Scaling | undefined {
  if (scale) return { ...scale, limit: mostSpreads };
  // Halved first: the difference of two float64 may be none.
  if (range) return { center: range[0] / 2 + range[1] / 2, spread: range[1] / 2 - range[0] / 2, limit: 1 };
  return undefined;
}

/** Whether a number can become a feature: one that will be cut to what its column declares need not fit into float32. */
export function isUsable(value: number, { scale, range }: DeclaredScaling): boolean {
  return Number.isFinite(scale || range ? value : Math.fround(value));
}

/** One number as a feature, in float64. @param x finite */
export function scaled(x: number, { center, spread, limit }: Scaling): number {
  return Math.min(limit, Math.max(-limit, (x - center) / spread));
}

/** A value within what a column declares, in its own unit. @param x finite */
export function clipped(x: number, { center, spread, limit }: Scaling): number {
  return Math.min(center + limit * spread, Math.max(center - limit * spread, x));
}
