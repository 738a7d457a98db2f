import { FedwardError } from '@fedward/core';
import type { Comparison, Findings, Measurement, Unit } from '../benchmark.js';
import { measureInTurn, type Measure } from './in-turn.js';

/** One of several that do the same work. */
export interface Program {
  readonly program: string;
  /** One sample, in the unit of them all. */
  readonly time: Measure;
}

/** How often, in which unit, and who hears of each turn, from 1. */
export interface Turns {
  readonly pairs: number;
  readonly unit: Unit;
  readonly onTurn: (turn: string, values: readonly number[]) => void;
}

/**
 * Samples of each program, taken in turn, after one of each that is not counted: code is compiled then, sessions are
 * opened, caches are filled.
 * @returns one for each program, in their order
 */
export async function measurePrograms(
  what: string,
  programs: readonly Program[],
  { pairs, unit, onTurn }: Turns,
): Promise<Measurement[]> {
  for (const { time } of programs) await time();

  const samples = await measureInTurn(
    pairs,
    programs.map(({ time }) => time),
    (turn, values) => onTurn(`pair ${turn + 1}/${pairs}`, values),
  );
  return programs.map(({ program }, i) => ({ what, program, unit, samples: samples[i]! }));
}

/** @returns no comparison where one of the two was not measured */
export function over(numerator?: Measurement, denominator?: Measurement): Comparison[] {
  return numerator && denominator ? [{ what: numerator.what, numerator, denominator }] : [];
}

/** What was found of one workload. */
export type WorkloadFindings = Pick<Findings, 'measurements' | 'comparisons'>;

/** Those of several workloads, in their order. */
export function together(findings: readonly WorkloadFindings[]): WorkloadFindings {
  return {
    measurements: findings.flatMap(({ measurements }) => measurements),
    comparisons: findings.flatMap(({ comparisons }) => comparisons),
  };
}

/** @throws {FedwardError} CLIENT_FAILED: another network or fewer steps would look fast */
export function assertSame(program: string, what: string, has: number, expected: number, workload: string): void {
  if (has === expected) return;
  throw new FedwardError('CLIENT_FAILED', `${program}: ${has} ${what} instead of ${expected} for ${workload}`, program);
}
