/** A logistic calibration (Cox 1958, Biometrika 45:562; Van Calster et al. 2016, J. Clin. Epidemiol. 74:167). */
export interface Recalibration {
  readonly intercept: number;
  readonly slope: number;
  /** [count] each: by which a record moves the two, and the sum of whose squares is their robust variance. */
  readonly influences: { readonly intercept: Float64Array; readonly slope: Float64Array };
  /** By the model, as statistics programs print them; they take records to be independent. */
  readonly standardErrors: { readonly intercept: number; readonly slope: number };
}

/** Intercept alone, the slope being 1: calibration in the large. */
export interface CalibrationInTheLarge {
  readonly intercept: number;
  readonly influences: Float64Array;
  readonly standardError: number;
}

const mostSteps = 100;
const converged = 1e-12;

/**
 * Fits logit P(y = 1) = intercept + slope x by maximum likelihood, with Newton's method: 0 and 1 of a calibrated model, a
 * slope below 1 of one whose probabilities are too extreme.
 *
 * @param logits [count] the model's log-odds, finite
 * @param labels [count] 0 or 1
 * @returns undefined where there is no such fit: one class is absent, all log-odds are the same, or a threshold parts the
 *   classes without a mistake
 */
export function recalibration(logits: ArrayLike<number>, labels: ArrayLike<number>): Recalibration | undefined {
  if (!overlap(logits, labels)) return undefined;
  const n = labels.length;
  // Centred and scaled, so that what is solved is not nearly singular.
  const mean = sumOf(n, (i) => logits[i]!) / n;
  const spread = Math.sqrt(sumOf(n, (i) => (logits[i]! - mean) ** 2) / n);
  if (!(spread > 0)) return undefined;
  const x = Float64Array.from({ length: n }, (_, i) => (logits[i]! - mean) / spread);
  const events = sumOf(n, (i) => labels[i]!);
  let [a, b] = [Math.log(events / (n - events)), 0];
  let hessian: Hessian = { aa: 0, ab: 0, bb: 0 };
  for (let step = 0; ; step++) {
    if (step === mostSteps) return undefined;
    const { score, hessian: here } = derivatives(x, labels, a, b);
    hessian = here;
    const [da, db] = solve(hessian, score);
    // Half the step where it would overshoot: the likelihood is concave, and far from its top a step can be too long.
    const shorter = Math.min(1, 4 / Math.max(Math.abs(da), Math.abs(db), 1e-300));
    a += shorter * da;
    b += shorter * db;
    if (!Number.isFinite(a + b)) return undefined;
    if (Math.abs(da) + Math.abs(db) < converged * (1 + Math.abs(a) + Math.abs(b))) break;
  }
  const inverse = inverted(hessian);
  const slope = b / spread;
  const ofIntercept = new Float64Array(n);
  const ofSlope = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const residual = labels[i]! - sigmoid(a + b * x[i]!);
    const da = residual * (inverse.aa + inverse.ab * x[i]!);
    const db = residual * (inverse.ab + inverse.bb * x[i]!);
    ofSlope[i] = db / spread;
    ofIntercept[i] = da - (mean / spread) * db;
  }
  const variance = inverse.aa - (2 * mean * inverse.ab) / spread + (mean / spread) ** 2 * inverse.bb;
  return {
    intercept: a - mean * slope,
    slope,
    influences: { intercept: ofIntercept, slope: ofSlope },
    standardErrors: { intercept: Math.sqrt(variance), slope: Math.sqrt(inverse.bb) / spread },
  };
}

/**
 * Fits the intercept with the slope held at 1: by how much log-odds are too low throughout.
 * @returns undefined where one class is absent
 */
export function calibrationInTheLarge(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
): CalibrationInTheLarge | undefined {
  const n = labels.length;
  const events = sumOf(n, (i) => labels[i]!);
  if (events === 0 || events === n) return undefined;
  let intercept = 0;
  let information = 0;
  for (let step = 0; step < mostSteps; step++) {
    const p = (i: number): number => sigmoid(intercept + logits[i]!);
    const score = events - sumOf(n, p);
    information = sumOf(n, (i) => p(i) * (1 - p(i)));
    const move = Math.max(-4, Math.min(4, score / Math.max(information, 1e-12 * n)));
    intercept += move;
    if (Math.abs(move) < converged * (1 + Math.abs(intercept))) break;
  }
  if (!(information > 0)) return undefined;
  const influences = Float64Array.from(
    { length: n },
    (_, i) => (labels[i]! - sigmoid(intercept + logits[i]!)) / information,
  );
  return { intercept, influences, standardError: 1 / Math.sqrt(information) };
}

interface Hessian {
  readonly aa: number;
  readonly ab: number;
  readonly bb: number;
}

function derivatives(x: Float64Array, labels: ArrayLike<number>, a: number, b: number) {
  let [sa, sb, aa, ab, bb] = [0, 0, 0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const p = sigmoid(a + b * x[i]!);
    const residual = labels[i]! - p;
    const weight = p * (1 - p);
    sa += residual;
    sb += residual * x[i]!;
    aa += weight;
    ab += weight * x[i]!;
    bb += weight * x[i]! ** 2;
  }
  return { score: [sa, sb] as const, hessian: { aa, ab, bb } };
}

function inverted({ aa, ab, bb }: Hessian): Hessian {
  const determinant = aa * bb - ab ** 2;
  return { aa: bb / determinant, ab: -ab / determinant, bb: aa / determinant };
}

function solve(hessian: Hessian, [sa, sb]: readonly [number, number]): [number, number] {
  const { aa, ab, bb } = inverted(hessian);
  return [aa * sa + ab * sb, ab * sa + bb * sb];
}

/** Whether both classes occur, and neither lies wholly on one side of the other. */
function overlap(logits: ArrayLike<number>, labels: ArrayLike<number>): boolean {
  const least = [Infinity, Infinity];
  const most = [-Infinity, -Infinity];
  for (let i = 0; i < labels.length; i++) {
    const y = labels[i]!;
    least[y] = Math.min(least[y]!, logits[i]!);
    most[y] = Math.max(most[y]!, logits[i]!);
  }
  return most[0]! > least[1]! && most[1]! > least[0]!;
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function sumOf(n: number, of: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += of(i);
  return sum;
}
