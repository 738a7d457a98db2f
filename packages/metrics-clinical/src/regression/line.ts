import type { Figure } from '../evaluation/evaluation.js';
import { figureWithError, undefinedFigure } from '../influence/figure.js';
import { sumsByPatient, type Patients } from '../influence/influence.js';

/** Sums over records, of x and y less the means of all of them. */
interface Sums {
  n: number;
  x: number;
  y: number;
  xx: number;
  xy: number;
  yy: number;
  /** Of squares of prediction minus label. */
  dd: number;
}

const members = ['n', 'x', 'y', 'xx', 'xy', 'yy', 'dd'] as const;

/** What follows from the sums. */
interface Fit {
  readonly slope: number;
  /** At the origin of the sums. */
  readonly height: number;
  /** Sum of squared errors over the sum of squares around the mean: 1 - R2. */
  readonly ratio: number;
}

function fitOf({ n, x, y, xx, xy, yy, dd }: Sums): Fit {
  const slope = (xy - (x * y) / n) / spreadOf(xx, x, n);
  return { slope, height: (y - slope * x) / n, ratio: dd / spreadOf(yy, y, n) };
}

/** Sum of squares around the mean; NaN where nothing but rounding is left of it. */
function spreadOf(squares: number, sum: number, n: number): number {
  const spread = squares - (sum * sum) / n;
  return spread > 1e-12 * squares ? spread : NaN;
}

/**
 * R2, and the least-squares line of labels on predictions.
 *
 * Their standard errors are those of leaving out one patient at a time (the jackknife: Efron 1982; of a line it is CR3 of
 * Bell and McCaffrey 2002, Surv. Methodol. 28:169): the influences alone are too small where patients have different
 * numbers of records, and held the truth in 92 % of simulated sets of 60 patients. The sums of each patient are enough for it.
 *
 * @param predictions and `labels`: [records]
 */
export function leastSquares(
  predictions: ArrayLike<number>,
  labels: ArrayLike<number>,
  patients: Patients,
): { rSquared: Figure; calibrationSlope: Figure; calibrationIntercept: Figure } {
  const n = labels.length;
  const [meanX, meanY] = [meanOf(predictions), meanOf(labels)];
  const column = (of: (x: number, y: number, d: number) => number): Float64Array =>
    sumsByPatient(
      Float64Array.from({ length: n }, (_, i) =>
        of(predictions[i]! - meanX, labels[i]! - meanY, predictions[i]! - labels[i]!),
      ),
      patients,
    );
  const columns: Record<(typeof members)[number], Float64Array> = {
    n: column(() => 1),
    x: column((x) => x),
    y: column((_, y) => y),
    xx: column((x) => x * x),
    xy: column((x, y) => x * y),
    yy: column((_, y) => y * y),
    dd: column((_x, _y, d) => d * d),
  };
  const sums = (less?: number): Sums => {
    const entry = (name: (typeof members)[number]): [string, number] => [
      name,
      totals[name] - (less === undefined ? 0 : columns[name][less]!),
    ];
    return Object.fromEntries(members.map(entry)) as unknown as Sums;
  };
  const totals = Object.fromEntries(
    members.map((name) => [name, columns[name].reduce((sum, own) => sum + own, 0)]),
  ) as unknown as Sums;
  const whole = fitOf(totals);
  const without = Array.from({ length: patients.count }, (_, p) => fitOf(sums(p)));
  const error = (of: (fit: Fit) => number): number => {
    const squares = without.reduce((sum, fit) => sum + (of(fit) - of(whole)) ** 2, 0);
    return Math.sqrt((squares * (patients.count - 1)) / patients.count);
  };
  const atZero = ({ slope, height }: Fit): number => meanY + height - slope * meanX;
  const line = (of: (fit: Fit) => number): Figure =>
    allSame(predictions)
      ? undefinedFigure('all predictions are the same')
      : figureWithError(of(whole), error(of), 'plain', patients.count - 2);
  return {
    rSquared: allSame(labels)
      ? undefinedFigure('all labels are the same')
      : oneMinus(figureWithError(whole.ratio, error(({ ratio }) => ratio), 'log', patients.count - 1)), // prettier-ignore
    calibrationSlope: line(({ slope }) => slope),
    calibrationIntercept: line(atZero),
  };
}

function oneMinus({ value, interval, ...rest }: Figure): Figure {
  return { value: 1 - value!, interval: interval && [1 - interval[1], 1 - interval[0]], ...rest };
}

function allSame(values: ArrayLike<number>): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false;
  return true;
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}
