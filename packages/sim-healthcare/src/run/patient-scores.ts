import { logOdds, predictedClasses, type EvaluationOptions, type Predictions } from '@fedward/metrics-clinical';

/**
 * How well a model does by each patient, higher is better: records called right, or minus the squared errors of values.
 * @param options its `threshold` is the probability from which on a record is called class 1 of two
 * @returns by patient, in the order of their first records; undefined for survival, of which no patient alone tells
 */
export function patientScores(
  { loss, outputs, labels, patientIds }: Predictions,
  { threshold }: Pick<EvaluationOptions, 'threshold'>,
): readonly number[] | undefined {
  if (loss === 'cox') return undefined;
  const right = loss === 'squared-error' ? undefined : calledClasses(outputs, labels.length, threshold);
  const byPatient = new Map<string | number, number>();
  labels.forEach((label, i) => {
    const score = right ? Number(right[i] === label) : -((outputs[i]! - label) ** 2);
    const patient = patientIds?.[i] ?? i;
    byPatient.set(patient, (byPatient.get(patient) ?? 0) + score);
  });
  return [...byPatient.values()];
}

function calledClasses(outputs: Float32Array, count: number, threshold: number | undefined): ArrayLike<number> {
  const width = outputs.length / count;
  if (threshold === undefined || (width !== 1 && width !== 2)) return predictedClasses(outputs, width);
  const from = Math.log(threshold / (1 - threshold));
  return logOdds(outputs, width).map((odds) => Number(odds >= from));
}

/** Patients by whom one model does better than another, and worse. */
export interface Discordant {
  readonly better: number;
  readonly worse: number;
}

/** @param ours and `theirs`: `patientScores` of the same records */
export function discordant(ours: readonly number[], theirs: readonly number[]): Discordant {
  const better = ours.filter((score, i) => score > theirs[i]!).length;
  const worse = ours.filter((score, i) => score < theirs[i]!).length;
  return { better, worse };
}

/**
 * Two-sided p of the exact sign test: how likely a split of the discordant patients at least as uneven is, were both models
 * as good. With one record a patient it is the exact test of McNemar 1947 (Fagerland et al. 2013, The McNemar test for
 * binary matched-pairs data, equation 2).
 */
export function signTest({ better, worse }: Discordant): number {
  const n = better + worse;
  let [term, tail] = [0.5 ** n, 0];
  // Below 2^-1074 a power is 0: of more than a thousand discordant patients, by logarithms.
  if (term === 0) return logTail(n, Math.min(better, worse));
  for (let k = 0; k <= Math.min(better, worse); k++) {
    tail += term;
    term *= (n - k) / (k + 1);
  }
  return Math.min(1, 2 * tail);
}

function logTail(n: number, most: number): number {
  let [log, tail] = [-n * Math.LN2, 0];
  for (let k = 0; k <= most; k++) {
    tail += Math.exp(log);
    log += Math.log((n - k) / (k + 1));
  }
  return Math.min(1, 2 * tail);
}
