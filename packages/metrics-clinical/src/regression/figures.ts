import type { Curves, EvaluationOptions, Figures, Predictions } from '../evaluation/evaluation.js';
import { figureOf } from '../influence/figure.js';
import { patientsOf } from '../influence/influence.js';
import { meanLoss } from '../loss.js';
import { agreement } from './agreement.js';
import { leastSquares } from './line.js';

/** Points of the curve of residuals. */
const mostPoints = 300;

/**
 * What is said of a model of a value, in the unit of the labels: `rmse`, `mae`, `rSquared` (against the mean of these very
 * labels: 0 is no better than it), `bias` (mean of prediction minus label), `agreementLower` and `agreementUpper` (see
 * `agreement`), `calibrationSlope` and `calibrationIntercept` (least squares of labels on predictions: 1 and 0 of a
 * calibrated model).
 *
 * Intervals go by Student's distribution with as many degrees of freedom as there are patients, less one (of a line, two),
 * on the log scale for `rmse`, `mae` and the share 1 - R2. Standard errors are those of the influences of patients (see
 * `influence`), for `rSquared` and the line those of leaving out a patient at a time (see `leastSquares`).
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
    bias,
    agreementLower: lower,
    agreementUpper: upper,
    ...leastSquares(outputs, labels, patients),
  };
  return { figures, ...(curves && { curves: { residuals: residualsOf(outputs, labels) } }) };
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
