import { parseWith } from '@fedward/core';
import * as z from 'zod';
import { assertRated } from './check.js';
import { calibrated, confidentJoint } from './confident-joint.js';

const optionsSchema = z.strictObject({
  rank: z.enum(['normalised-margin', 'self-confidence']).default('normalised-margin'),
});

/** How suspicious rows are ranked. */
export interface LabelNoiseOptions {
  /**
   * By the probability of the given label less the highest of the others (default), or by the probability of the given
   * label alone; the lowest first.
   */
  readonly rank?: 'normalised-margin' | 'self-confidence';
}

/** A row whose label is doubted. A fact about a patient: it stays at the site. */
export interface SuspiciousLabel {
  /** From 0 on. */
  readonly row: number;
  readonly given: number;
  /** What it is confidently predicted as. */
  readonly suggested: number;
  /** By which it is ranked: -1 to 1 for the margin, 0 to 1 for the confidence. The lower, the more is it doubted. */
  readonly score: number;
}

/** What is known of how wrong labels are. */
export interface LabelNoise {
  readonly count: number;
  /**
   * The part of labels that are estimated to be wrong, from 0 to 1. Of all that is here this alone is meant to leave a
   * site, and it depends on patients: to send it is a release, which a privacy budget has to pay for.
   */
  readonly noiseRate: number;
  /** Mean probability of each class over the rows that are labelled so; undefined where there are none. */
  readonly thresholds: readonly (number | undefined)[];
  /** Rows by given label and confidently predicted class: counts of patients, for the site alone. */
  readonly confidentJoint: readonly (readonly number[])[];
  /** The same, stretched to all rows: the joint distribution of given and true label, with a sum of 1. */
  readonly joint: readonly (readonly number[])[];
  /** `noiseMatrix[given][true]`: probability of a given label where the other is true; 0 where none is estimated to be. */
  readonly noiseMatrix: readonly (readonly number[])[];
  /** The labels that are doubted, the most doubtful first: for people at the site to look at. */
  readonly suspicious: readonly SuspiciousLabel[];
}

/**
 * Estimates how many labels are wrong by confident learning (Northcutt, Jiang and Chuang 2021, "Confident learning:
 * estimating uncertainty in dataset labels", JAIR 70, section 3): a row is doubted that is predicted as another class with
 * at least the confidence that rows of that class have on average.
 *
 * The estimate is as good as the model: one that is no better than chance finds noise everywhere. Probabilities must be
 * out of sample (`crossValidated`), or the model repeats the labels that it was given.
 *
 * All of it hangs on patients and is for the site. See `noiseRate` for what may be sent, and at which price.
 *
 * @param labels classes from 0 on
 * @param probabilities of shape [labels, classes], rows adding up to 1
 * @param classes how many there are, at least 2
 * @throws {FedwardError} ARGUMENT_INVALID, CONFIG_INVALID; DATA_EMPTY; LABEL_INVALID; DATA_MALFORMED; DATA_NOT_FINITE
 */
export function estimateLabelNoise(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classes: number,
  options: LabelNoiseOptions = {},
): LabelNoise {
  const { rank } = parseWith(optionsSchema, options, 'what was asked of an estimate of label noise');
  assertRated(labels, probabilities, classes);
  const { thresholds, counts, confident } = confidentJoint(labels, probabilities, classes);
  const joint = calibrated(counts, labels);
  const agreed = joint.reduce((sum, row, i) => sum + row[i]!, 0);
  const ofTrue = joint.map((_, j) => joint.reduce((sum, row) => sum + row[j]!, 0));
  const suspicious: SuspiciousLabel[] = [];
  confident.forEach((suggested, row) => {
    const given = labels[row]!;
    if (suggested >= 0 && suggested !== given)
      suspicious.push({ row, given, suggested, score: scoreOf(probabilities, row * classes, classes, given, rank) });
  });
  suspicious.sort((a, b) => a.score - b.score || a.row - b.row);
  return {
    count: labels.length,
    noiseRate: Math.min(1, Math.max(0, 1 - agreed)),
    thresholds,
    confidentJoint: counts,
    joint,
    noiseMatrix: joint.map((row) => row.map((p, j) => (ofTrue[j] === 0 ? 0 : p / ofTrue[j]!))),
    suspicious,
  };
}

function scoreOf(
  probabilities: ArrayLike<number>,
  start: number,
  classes: number,
  given: number,
  rank: 'normalised-margin' | 'self-confidence',
): number {
  const own = probabilities[start + given]!;
  if (rank === 'self-confidence') return own;
  let other = 0;
  for (let j = 0; j < classes; j++) if (j !== given) other = Math.max(other, probabilities[start + j]!);
  return own - other;
}
