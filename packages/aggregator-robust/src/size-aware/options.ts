import { parseWith } from '@fedward/core';
import * as z from 'zod';
import { mostCounted } from './cap.js';

const records = z
  .int()
  .min(1)
  .max(2 ** 32);

/** The options of the size-aware rule. */
export const sizeAwareOptions = z.strictObject({
  mostShare: z
    .number()
    .gt(0)
    .max(1)
    .default(0.5)
    .describe('the largest share of the mean that any hospital may have, kappa; in (0, 1]'),
  clipNorm: z
    .number()
    .positive()
    .default(1)
    .describe("the most that the L2 norm of a hospital's change may be, C; > 0"),
  mostRecords: records
    .optional()
    .describe('the most records that a hospital counts with, c; default: what mostShare makes of `records`, else 1'),
  records: z
    .record(z.string().min(1), records)
    .optional()
    .describe('how many records each hospital has, as all of them know it: none can claim more'),
});

/** Of `sizeAware`. */
export type SizeAwareOptions = z.input<typeof sizeAwareOptions>;

/** What both halves reckon with. */
export interface SizeAwareTerms {
  /** kappa */
  readonly mostShare: number;
  /** C */
  readonly clipNorm: number;
  /** c */
  readonly mostRecords: number;
  /**
   * What a sum of so much weight of so many is divided by: c / kappa at the least, and 1 / kappa where each counts once, as
   * where a mechanism has made it so.
   */
  divisorOf(weight: number, count: number): number;
  /** True where hospitals without a declared number of records are strangers. */
  readonly declares: boolean;
  /** How many records a hospital counts with at the most; undefined for a stranger. */
  mostOf(id: string): number | undefined;
}

/** @throws {FedwardError} CONFIG_INVALID naming the key */
export function termsOf(options: SizeAwareOptions, path: string): SizeAwareTerms {
  const parsed = parseWith(sizeAwareOptions, options, path);
  const { mostShare, clipNorm } = parsed;
  const declared = parsed.records && new Map(Object.entries(parsed.records));
  const mostRecords = parsed.mostRecords ?? (declared ? mostCounted([...declared.values()], mostShare) : 1);
  return {
    ...{ mostShare, clipNorm, mostRecords, declares: declared !== undefined },
    divisorOf: (weight, count) => Math.max(weight, (weight === count ? 1 : mostRecords) / mostShare),
    mostOf(id) {
      const own = declared ? declared.get(id) : Infinity;
      return own === undefined ? undefined : Math.min(own, mostRecords);
    },
  };
}
