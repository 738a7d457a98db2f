import type { Figure } from '../evaluation/evaluation.js';
import { standardError, z95, type Patients } from './influence.js';
import { student95 } from './student.js';

/** On which scale an interval is symmetric, so that it stays within what the figure can be. */
export type Scale = 'plain' | 'log' | 'logit';

/** A figure that is not defined, and why not, as the end of a sentence. */
export function undefinedFigure(because: string): Figure {
  return { value: null, interval: null, because };
}

/**
 * A figure with its interval of 95 % from the influences of its records: on the logit scale for what lies in [0, 1], on
 * the log scale for what is above 0.
 *
 * @param influences [records]
 * @param degrees of freedom of Student's distribution, >= 1; default: the normal distribution
 */
export function figureOf(
  value: number,
  influences: Float64Array,
  patients: Patients,
  scale: Scale,
  degrees?: number,
): Figure {
  return figureWithError(value, standardError(influences, patients), scale, degrees);
}

/** As `figureOf`, from a standard error; undefined or not finite: so few patients show none. */
export function figureWithError(value: number, error: number | undefined, scale: Scale, degrees?: number): Figure {
  if (error === undefined || !Number.isFinite(error) || (degrees !== undefined && degrees < 1))
    return { value, interval: null, because: 'so few patients show no spread' };
  const open = scale === 'plain' || (value > 0 && (scale === 'log' || value < 1));
  if (!(error > 0) || !open)
    return { value, interval: null, because: 'these records do not differ in what it is made of' };
  const half = (degrees === undefined ? z95 : student95(degrees)) * error;
  return { value, interval: intervalOn(scale, value, half), method: degrees === undefined ? 'wald' : 'student' };
}

function intervalOn(scale: Scale, value: number, half: number): [number, number] {
  if (scale === 'plain') return [value - half, value + half];
  if (scale === 'log') return [value * Math.exp(-half / value), value * Math.exp(half / value)];
  const step = half / (value * (1 - value));
  const odds = (by: number): number => value / (value + (1 - value) * Math.exp(-by)); // of the logit moved by so much
  return [odds(-step), odds(step)];
}
