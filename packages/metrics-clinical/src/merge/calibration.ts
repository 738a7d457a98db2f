import { assertThat } from '@fedward/core';
import type { ReliabilityBin } from '../evaluation/evaluation.js';
import { z95 } from '../influence/influence.js';
import { sigmoid } from '../outputs.js';
import { notDefined, sumOf, type MergedFigure } from './bounded.js';
import type { ScoreCounts } from './counts.js';

/** Some bins beside each other, put together. */
export interface CalibrationBin {
  readonly records: number;
  readonly events: number;
  /** Sums of predicted probabilities: as low and as high as they can be, from the edges of the bins. */
  readonly low: number;
  readonly high: number;
}

/**
 * Counts put together into fewer bins of equal width, whose edges are among theirs: records and events of each are exact.
 *
 * @param wanted a power of two
 * @throws {FedwardError} ARGUMENT_INVALID where the counts have no such edges
 */
export function calibrationBins({ bins, negatives, positives }: ScoreCounts, wanted: number): CalibrationBin[] {
  assertThat(Number.isInteger(bins / wanted), 'calibrationBins', `${bins} bins can't be put together into ${wanted}`);
  const width = bins / wanted;
  return Array.from({ length: wanted }, (_, group) => {
    let [records, events, low, high] = [0, 0, 0, 0];
    for (let k = group * width; k < (group + 1) * width; k++) {
      const here = negatives[k]! + positives[k]!;
      records += here;
      events += positives[k]!;
      low += (here * k) / bins;
      high += (here * (k + 1)) / bins;
    }
    return { records, events, low, high };
  });
}

/**
 * The expected calibration error over equal bins: the mean, over records, of the distance between the share of events in a
 * record's bin and the mean prediction there. That mean is known to the width of a bin of counts, so that the error is known
 * to half that width on either side.
 */
export function mergedCalibrationError(bins: readonly CalibrationBin[]): MergedFigure {
  const total = bins.reduce((sum, { records }) => sum + records, 0);
  if (total === 0) return notDefined('there is no record');
  let [least, middle, most] = [0, 0, 0];
  for (const { events, low, high } of bins) {
    const [under, over] = [events - high, events - low]; // events minus what was predicted, at least and at most
    least += Math.max(0, under, -over);
    middle += Math.abs((under + over) / 2);
    most += Math.max(Math.abs(under), Math.abs(over));
  }
  return { value: middle / total, bounds: [least / total, most / total] };
}

/** Events over the sum of predicted probabilities. */
export function mergedObservedExpected(bins: readonly CalibrationBin[]): MergedFigure {
  const total = (of: keyof CalibrationBin): number => bins.reduce((sum, bin) => sum + bin[of], 0);
  const [events, low, high] = [total('events'), total('low'), total('high')];
  if (total('records') === 0) return notDefined('there is no record');
  const bounds: MergedFigure['bounds'] = [events / high, low > 0 ? events / low : null];
  return {
    value: (2 * events) / (low + high),
    bounds,
    ...(low === 0 && { because: 'all predictions are in the lowest bin' }),
  };
}

/** Bins with a record, and at least so many, for a plot: `predicted` is the middle of what it can be. */
export function reliabilityOf(bins: readonly CalibrationBin[], minimum: number): ReliabilityBin[] {
  return bins.flatMap(({ records, events, low, high }) => {
    if (records <= 0 || records < minimum) return [];
    const observed = Math.min(1, Math.max(0, events / records));
    const predicted = (low + high) / (2 * records);
    return [{ records, predicted, observed, interval: wilson(observed, records) }];
  });
}

/** Wilson's interval of a share (1927, JASA 22:209), at 95 %. */
function wilson(share: number, n: number): [low: number, high: number] {
  const square = z95 ** 2;
  const middle = (share + square / (2 * n)) / (1 + square / n);
  const half = (z95 / (1 + square / n)) * Math.sqrt((share * (1 - share)) / n + square / (4 * n * n));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

/**
 * Calibration slope and intercept: a logistic regression of classes on the log-odds of predictions (Cox 1958), fitted by
 * Newton's method to the middles of bins. An approximation without a bound: within the outermost bins log-odds have no end.
 */
export function mergedCalibrationFit({ bins, negatives, positives }: ScoreCounts): {
  calibrationSlope: MergedFigure;
  calibrationIntercept: MergedFigure;
} {
  const both = (figure: MergedFigure) => ({ calibrationSlope: figure, calibrationIntercept: figure });
  const [without, events] = [sumOf(negatives), sumOf(positives)];
  if (without === 0 || events === 0) return both(notDefined('there is no record of one of the classes'));
  const logOdds = Float64Array.from({ length: bins }, (_, k) => Math.log((k + 0.5) / (bins - k - 0.5)));
  let [a, b] = [0, 1];
  for (let step = 0; step < 50; step++) {
    let [ga, gb, aa, ab, bb] = [0, 0, 0, 0, 0];
    for (let k = 0; k < bins; k++) {
      const n = negatives[k]! + positives[k]!;
      const x = logOdds[k]!;
      const p = sigmoid(a + b * x);
      ga += positives[k]! - n * p;
      gb += (positives[k]! - n * p) * x;
      const w = n * p * (1 - p);
      aa += w;
      ab += w * x;
      bb += w * x * x;
    }
    const determinant = aa * bb - ab * ab;
    if (!(determinant > 1e-12 * aa * bb)) break;
    const [da, db] = [(bb * ga - ab * gb) / determinant, (aa * gb - ab * ga) / determinant];
    a += da;
    b += db;
    if (!(Math.abs(a) < 1e3 && Math.abs(b) < 1e3)) break;
    if (Math.abs(da) + Math.abs(db) > 1e-10) continue;
    const because = 'it is that of the middles of bins';
    return {
      calibrationSlope: { value: b, bounds: null, because },
      calibrationIntercept: { value: a, bounds: null, because },
    };
  }
  return both(notDefined('predictions part the classes, or are all in one bin: the fit has no solution'));
}
