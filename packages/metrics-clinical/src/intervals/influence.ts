import { largest } from '@fedward/core';
import type { Patients } from './patients.js';

/**
 * How much each patient moves a figure, to first order: the figure is about its true value plus the sum of these over
 * patients (Huber and Ronchetti 2009, section 1.3). Its variance follows, with records of one patient correlated as they
 * may be, and so does that of the difference of two figures of the same patients.
 */
export type Influence = readonly InfluencePart[];

/** What comes of one kind of record: an area under the curve has two, of either class. */
export interface InfluencePart {
  /** [patients], with a sum of 0. */
  readonly values: Float64Array;
  /** Number of patients who have such a record. */
  readonly patients: number;
}

/**
 * Sums what each record does by patient.
 * @param of influence of a record; undefined where it is none of this kind
 */
export function influencePart(patients: Patients, of: (record: number) => number | undefined): InfluencePart {
  const values = new Float64Array(patients.count);
  const has = new Uint8Array(patients.count);
  for (let i = 0; i < patients.of.length; i++) {
    const own = of(i);
    if (own === undefined) continue;
    values[patients.of[i]!]! += own;
    has[patients.of[i]!] = 1;
  }
  let count = 0;
  for (const one of has) count += one;
  return { values, patients: count };
}

/**
 * The cluster-robust variance: over the parts a and b, sum over patients of u_a u_b, each enlarged by m / (m - 1), where m
 * is the number of patients of the part, or of all patients for two parts. With one record a patient the two parts of an
 * area under the curve give DeLong's variance, otherwise Obuchowski's (1997, Biometrics 53:567, eq. 1 to 4).
 *
 * @returns undefined where a part has fewer than two patients
 */
export function varianceOf(influence: Influence): number | undefined {
  if (influence.some((part) => part.patients < 2)) return undefined;
  let variance = 0;
  influence.forEach((a, i) => {
    variance += product(a, a) * (a.patients / (a.patients - 1));
    for (const b of influence.slice(i + 1)) {
      const all = a.values.length;
      variance += 2 * product(a, b) * (all / (all - 1));
    }
  });
  return Math.max(0, variance);
}

/** sum of weight x influence, part by part: of a function of several figures, by the delta method. */
export function combined(terms: readonly (readonly [weight: number, influence: Influence])[]): Influence {
  return terms[0]![1].map((first, part) => ({
    patients: largest(terms.map(([, influence]) => influence[part]!.patients)),
    values: first.values.map((_, patient) =>
      terms.reduce((sum, [weight, influence]) => sum + weight * influence[part]!.values[patient]!, 0),
    ),
  }));
}

function product(a: InfluencePart, b: InfluencePart): number {
  let sum = 0;
  for (let i = 0; i < a.values.length; i++) sum += a.values[i]! * b.values[i]!;
  return sum;
}
