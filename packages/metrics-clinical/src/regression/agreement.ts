import type { Figure } from '../evaluation/evaluation.js';
import { figureOf } from '../influence/figure.js';
import { sumsByPatient, z95, type Patients } from '../influence/influence.js';
import { student95 } from '../influence/student.js';

/** How predictions differ from what was measured, as two methods of measurement are compared. */
export interface Agreement {
  /** Mean of prediction minus label: above 0 the model predicts too high. */
  readonly bias: Figure;
  /** Between these lie 95 % of the differences, as far as they are normal. */
  readonly lower: Figure;
  readonly upper: Figure;
}

/**
 * Bland and Altman's limits of agreement (1999, Stat. Methods Med. Res. 8:135): the mean difference plus and minus 1.96
 * standard deviations of the differences.
 *
 * With one record a patient, intervals are theirs (section 3.3): the standard error of a limit is
 * s sqrt(1/n + 1.96^2 / (2 (n - 1))), by Student's distribution. Where patients have several records, the variance is that
 * between patients and within them, by an analysis of variance of unequal groups (section 5.3), and intervals are those of
 * the influences of patients.
 *
 * @param differences [records], one at least: prediction minus label
 */
export function agreement(differences: Float64Array, patients: Patients): Agreement {
  const n = differences.length;
  const mean = differences.reduce((sum, d) => sum + d, 0) / n;
  const degrees = patients.count - 1;
  const ofMean = differences.map((d) => (d - mean) / n);
  const bias = figureOf(mean, ofMean, patients, 'plain', degrees);
  const variance = varianceOf(differences, mean, patients);
  if (variance === undefined) return { bias, lower: alone, upper: alone };
  const deviation = Math.sqrt(variance);
  const limit = (sign: 1 | -1): Figure => {
    const value = mean + sign * z95 * deviation;
    if (deviation === 0) return { value, interval: null, because: 'all differences are the same' };
    if (patients.count === n) {
      const half = student95(degrees) * deviation * Math.sqrt(1 / n + z95 ** 2 / (2 * (n - 1)));
      return { value, interval: [value - half, value + half], method: 'student' };
    }
    const influences = differences.map(
      (d, i) => ofMean[i]! + (sign * z95 * ((d - mean) ** 2 - variance)) / (2 * deviation * n),
    );
    return figureOf(value, influences, patients, 'plain', degrees);
  };
  return { bias, lower: limit(-1), upper: limit(1) };
}

const alone: Figure = { value: null, interval: null, because: 'one patient alone has no spread' };

/** Of a record of a patient yet unknown; undefined for a single patient. */
function varianceOf(differences: Float64Array, mean: number, patients: Patients): number | undefined {
  const [n, groups] = [differences.length, patients.count];
  if (groups < 2) return undefined;
  const total = differences.reduce((sum, d) => sum + (d - mean) ** 2, 0);
  if (groups === n) return total / (n - 1);
  const sizes = sumsByPatient(new Float64Array(n).fill(1), patients);
  const sums = sumsByPatient(differences, patients);
  const between = sums.reduce((sum, own, p) => sum + sizes[p]! * (own / sizes[p]! - mean) ** 2, 0);
  const within = (total - between) / (n - groups);
  const size = (n - sizes.reduce((sum, own) => sum + own ** 2, 0) / n) / (groups - 1);
  return Math.max(0, (between / (groups - 1) - within) / size) + within;
}
