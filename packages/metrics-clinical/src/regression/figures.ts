import type { Curves, EvaluationOptions, Figure, Figures, Predictions } from '../evaluation/evaluation.js';
import { figureOf, undefinedFigure } from '../influence/figure.js';
import { patientsOf, type Patients } from '../influence/influence.js';
import { meanLoss } from '../loss.js';
import { agreement } from './agreement.js';

/** Points of the curve of residuals. */
const mostPoints = 300;

/**
 * What is said of a model of a value, in the unit of the labels: `rmse`, `mae`, `rSquared` (against the mean of these very
 * labels: 0 is no better than it), `bias` (mean of prediction minus label), `agreementLower` and `agreementUpper` (see
 * `agreement`), `calibrationSlope` and `calibrationIntercept` (least squares of labels on predictions: 1 and 0 of a
 * calibrated model).
 *
 * Intervals are those of the influences of patients (see `influence`) by Student's distribution with as many degrees of
 * freedom as there are patients, less one (of a line, two): on the log scale for `rmse`, `mae` and the share 1 - R2.
 *
 * @throws {FedwardError} as `regressionMetrics`
 */
export function valueFigures(
  { outputs, labels, patientIds }: Predictions,
  { curves = true }: EvaluationOptions,
): { figures: Figures; curves?: Curves } {
  meanLoss('squared-error', outputs, labels); // says what is wrong with them
  const n = labels.length;
  const patients = patientsOf(n, patientIds);
  const degrees = patients.count - 1;
  const differences = Float64Array.from(labels, (label, i) => outputs[i]! - label);

  const squares = differences.map((d) => d * d);
  const meanSquare = meanOf(squares);
  const rmse = Math.sqrt(meanSquare);
  const ofRmse = squares.map((square) => (rmse === 0 ? 0 : (square - meanSquare) / (2 * rmse * n)));
  const absolute = differences.map(Math.abs);
  const mae = meanOf(absolute);
  const { bias, lower, upper } = agreement(differences, patients);
  const figures: Figures = {
    rmse: figureOf(rmse, ofRmse, patients, 'log', degrees),
    mae: figureOf(mae, absolute.map((own) => (own - mae) / n), patients, 'log', degrees), // prettier-ignore
    rSquared: determination(squares, labels, patients),
    bias,
    agreementLower: lower,
    agreementUpper: upper,
    ...calibrationLine(outputs, labels, patients),
  };
  return { figures, ...(curves && { curves: { residuals: residualsOf(outputs, labels) } }) };
}

/** R2, from the ratio of sums of squares, which has the interval. */
function determination(squares: Float64Array, labels: Float32Array, patients: Patients): Figure {
  const mean = meanOf(labels);
  const around = Float64Array.from(labels, (label) => (label - mean) ** 2);
  const total = around.reduce((sum, square) => sum + square, 0);
  if (total === 0 || labels.every((label) => label === labels[0])) return undefinedFigure('all labels are the same');
  const ratio = squares.reduce((sum, square) => sum + square, 0) / total;
  const influences = squares.map((square, i) => (square - ratio * around[i]!) / total);
  const { interval, ...rest } = figureOf(ratio, influences, patients, 'log', patients.count - 1);
  return { ...rest, value: 1 - ratio, interval: interval && [1 - interval[1], 1 - interval[0]] };
}

/** label = intercept + slope prediction, by least squares. */
function calibrationLine(
  predictions: Float32Array,
  labels: Float32Array,
  patients: Patients,
): { calibrationSlope: Figure; calibrationIntercept: Figure } {
  const n = labels.length;
  const [meanX, meanY] = [meanOf(predictions), meanOf(labels)];
  let [xx, xy] = [0, 0];
  for (let i = 0; i < n; i++) {
    xx += (predictions[i]! - meanX) ** 2;
    xy += (predictions[i]! - meanX) * (labels[i]! - meanY);
  }
  if (xx === 0 || predictions.every((x) => x === predictions[0])) {
    const none = undefinedFigure('all predictions are the same');
    return { calibrationSlope: none, calibrationIntercept: none };
  }
  const slope = xy / xx;
  const intercept = meanY - slope * meanX;
  const residual = (i: number): number => labels[i]! - intercept - slope * predictions[i]!;
  const ofSlope = Float64Array.from(predictions, (x, i) => ((x - meanX) * residual(i)) / xx);
  const ofIntercept = ofSlope.map((own, i) => residual(i) / n - meanX * own);
  const degrees = patients.count - 2;
  return {
    calibrationSlope: figureOf(slope, ofSlope, patients, 'plain', degrees),
    calibrationIntercept: figureOf(intercept, ofIntercept, patients, 'plain', degrees),
  };
}

/** All records, or some in equal steps of their rank by prediction. */
function residualsOf(predictions: Float32Array, labels: Float32Array): NonNullable<Curves['residuals']> {
  const n = labels.length;
  const order = Uint32Array.from(labels, (_, i) => i).sort((a, b) => predictions[a]! - predictions[b]!);
  const points = Math.min(n, mostPoints);
  return Array.from({ length: points }, (_, k) => {
    const i = order[Math.floor(((k + 0.5) * n) / points)]!;
    return { predicted: predictions[i]!, residual: labels[i]! - predictions[i]! };
  });
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}
