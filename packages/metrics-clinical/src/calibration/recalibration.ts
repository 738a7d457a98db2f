import { hasBoth, oneClass, type BinaryRecords } from '../binary/records.js';
import { notDefined, tooFewPatients, withoutInterval, type Estimate } from '../intervals/estimate.js';
import { influencePart, varianceOf, type Influence } from '../intervals/influence.js';
import { wald } from '../intervals/normal.js';
import type { Patients } from '../intervals/patients.js';
import { sigmoid } from '../outputs.js';
import { separation } from './separation.js';

/** A logistic regression of the outcome on the predicted log-odds, with standard errors from the information matrix. */
export interface Recalibration {
  readonly intercept: number;
  readonly slope: number;
  /** Inverse of the information matrix: variance of the intercept, covariance, variance of the slope. */
  readonly covariance: readonly [number, number, number];
}

/** Terms that have no more use to a sum of log-likelihoods. */
const converged = 1e-12;
const mostSteps = 100;

/**
 * Fits logit P(y = 1) = intercept + slope x by Newton's method, with steps halved where the likelihood falls.
 *
 * @param x [count] log-odds
 * @param y [count] 0 or 1
 * @param fixedSlope 1 for calibration in the large: x is then an offset and the intercept alone is fitted
 * @returns undefined where it doesn't converge
 */
export function recalibrate(x: Float64Array, y: Uint8Array, fixedSlope?: 1): Recalibration | undefined {
  let [a, b] = [0, fixedSlope ?? 0];
  let likelihood = logLikelihood(x, y, a, b);
  for (let step = 0; step < mostSteps; step++) {
    const { gradient, information } = derivatives(x, y, a, b);
    const covariance = fixedSlope ? ([1 / information[0], 0, 0] as const) : inverse(information);
    if (!covariance?.every(Number.isFinite)) return undefined;
    const [v, c, w] = covariance;
    const [da, db] = fixedSlope
      ? [v * gradient[0], 0]
      : [v * gradient[0] + c * gradient[1], c * gradient[0] + w * gradient[1]];
    if (Math.abs(da) <= converged * (1 + Math.abs(a)) && Math.abs(db) <= converged * (1 + Math.abs(b)))
      return { intercept: a + da, slope: b + db, covariance };
    let [scale, next] = [1, logLikelihood(x, y, a + da, b + db)];
    while (!(next >= likelihood - 1e-9 * Math.abs(likelihood)) && scale > 1e-8) {
      scale /= 2;
      next = logLikelihood(x, y, a + scale * da, b + scale * db);
    }
    [a, b, likelihood] = [a + scale * da, b + scale * db, next];
  }
  return undefined;
}

/** Calibration slope and intercept (Cox 1958), and the intercept with the slope held at 1: in the large. */
export function recalibrationFigures(
  records: BinaryRecords,
): Record<'calibrationIntercept' | 'calibrationSlope' | 'calibrationInTheLarge', Estimate> {
  const { scores, labels, patients } = records;
  const [both, alone] = hasBoth(records)
    ? [separation(records) ?? recalibrate(scores, labels), recalibrate(scores, labels, 1)]
    : [oneClass, undefined];
  const none = notDefined(typeof both === 'string' ? both : notConverged);
  const inTheLarge = alone
    ? parameter(alone.intercept, alone.covariance[0], patients, alone, records, () => alone.covariance[0])
    : notDefined(hasBoth(records) ? notConverged : oneClass);
  if (typeof both !== 'object')
    return { calibrationIntercept: none, calibrationSlope: none, calibrationInTheLarge: inTheLarge };
  const [v, c, w] = both.covariance;
  return {
    calibrationIntercept: parameter(both.intercept, v, patients, both, records, (x) => v + c * x),
    calibrationSlope: parameter(both.slope, w, patients, both, records, (x) => c + w * x),
    calibrationInTheLarge: inTheLarge,
  };
}

const notConverged = 'its fit has no finite solution';

/**
 * With Wald's interval: of the information matrix, or where patients have several records of the cluster-robust
 * sandwich (Liang and Zeger 1986, Biometrika 73:13).
 */
function parameter(
  value: number,
  variance: number,
  patients: Patients,
  { intercept, slope }: Recalibration,
  { scores, labels }: BinaryRecords,
  row: (x: number) => number,
): Estimate {
  const influence = (): Influence => [
    influencePart(patients, (i) => row(scores[i]!) * (labels[i]! - sigmoid(intercept + slope * scores[i]!))),
  ];
  const used = patients.clustered ? varianceOf(influence()) : variance;
  if (used === undefined) return withoutInterval(value, tooFewPatients);
  return { figure: { value, interval: wald(value, used), method: 'wald' }, influence };
}

function logLikelihood(x: Float64Array, y: Uint8Array, a: number, b: number): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    const eta = a + b * x[i]!;
    sum += y[i]! * eta - Math.max(eta, 0) - Math.log1p(Math.exp(-Math.abs(eta)));
  }
  return sum;
}

function derivatives(x: Float64Array, y: Uint8Array, a: number, b: number) {
  const gradient: [number, number] = [0, 0];
  const information: [number, number, number] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const p = sigmoid(a + b * x[i]!);
    const w = p * (1 - p);
    gradient[0] += y[i]! - p;
    gradient[1] += (y[i]! - p) * x[i]!;
    information[0] += w;
    information[1] += w * x[i]!;
    information[2] += w * x[i]! ** 2;
  }
  return { gradient, information };
}

function inverse([a, b, c]: readonly [number, number, number]): readonly [number, number, number] {
  const determinant = a * c - b * b;
  return [c / determinant, -b / determinant, a / determinant];
}
