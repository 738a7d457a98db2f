/**
 * Variances by the infinitesimal jackknife: how far a figure moves as the weight of a record grows from 1 is the record's
 * influence; those of one patient are added up, and their squares are the figure's variance (Efron 1982, The jackknife,
 * the bootstrap and other resampling plans, section 6.3; by clusters: Lin and Wei 1989, JASA 84:1074).
 */

/** The 0.975 quantile of the standard normal distribution. */
export const z95 = 1.959963984540054;

/** Whose record each is, as numbers from 0 on; of records without ids each is a patient of its own. */
export interface Patients {
  readonly count: number;
  /** [records]; absent: the record's own number. */
  readonly of?: Uint32Array;
}

/** @param patientIds [records] */
export function patientsOf(records: number, patientIds: readonly string[] | undefined): Patients {
  if (!patientIds) return { count: records };
  const numbers = new Map<string, number>();
  const of = Uint32Array.from({ length: records }, (_, i) => {
    const id = patientIds[i]!;
    const known = numbers.get(id);
    if (known !== undefined) return known;
    numbers.set(id, numbers.size);
    return numbers.size - 1;
  });
  return { count: numbers.size, of };
}

/** [patients.count] */
export function sumsByPatient(values: Float64Array, { count, of }: Patients): Float64Array {
  if (!of) return values;
  const sums = new Float64Array(count);
  values.forEach((value, i) => (sums[of[i]!]! += value));
  return sums;
}

/** Of the figure that has these influences [records]. */
export function jackknifeVariance(influences: Float64Array, patients: Patients): number {
  return sumsByPatient(influences, patients).reduce((sum, x) => sum + x * x, 0);
}

/**
 * The standard error for an interval: n / (n - 1) times the variance, n being the number of patients, so that the mean of
 * n values has its well-known one. Undefined for a single patient.
 */
export function standardError(influences: Float64Array, patients: Patients): number | undefined {
  const n = patients.count;
  return n < 2 ? undefined : Math.sqrt((jackknifeVariance(influences, patients) * n) / (n - 1));
}
