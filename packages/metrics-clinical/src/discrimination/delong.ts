import { ranked, type Ranked } from './ranks.js';

/** An area under the curve, and what its error is made of. */
export interface AreaWithInfluences {
  /** In [0, 1]; ties count half. */
  readonly value: number;
  /** [count]: the variance of the value is the sum of their squares (of their sums by patient). */
  readonly influences: Float64Array;
}

/**
 * The area under the receiver operating characteristic with DeLong's structural components (DeLong et al. 1988, Biometrics
 * 44:837, eq. 4 to 6): of a record of class 1 the share of class 0 that scores below it, and the reverse. The variance that
 * the influences give is DeLong's; summed by patient before they are squared it is that of records which hang together
 * (Obuchowski 1997, Biometrics 53:567). By ranks, in O(n log n) (Sun and Xu 2014, IEEE Signal Process. Lett. 21:1389).
 *
 * @param scores [count] finite, larger for class 1
 * @param labels [count] 0 or 1
 * @returns undefined where one of the classes is absent
 */
export function areaUnderRoc(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  { order, ends }: Ranked = ranked(scores),
): AreaWithInfluences | undefined {
  const n = labels.length;
  let positives = 0;
  for (let i = 0; i < n; i++) positives += labels[i]!;
  const negatives = n - positives;
  if (positives === 0 || negatives === 0) return undefined;

  const components = new Float64Array(n);
  let [area, above1, above0] = [0, 0, 0]; // records of each class with a higher score
  let start = 0;
  for (const end of ends) {
    let here1 = 0;
    for (let k = start; k < end; k++) here1 += labels[order[k]!]!;
    const here0 = end - start - here1;
    const below0 = negatives - above0 - here0;
    for (let k = start; k < end; k++) {
      const i = order[k]!;
      components[i] = labels[i] === 1 ? (below0 + here0 / 2) / negatives : (above1 + here1 / 2) / positives;
    }
    area += here1 * (below0 + here0 / 2);
    above1 += here1;
    above0 += here0;
    start = end;
  }
  const value = area / (positives * negatives);
  // DeLong's variances divide by one less than the number of a class; that of a single record is not known.
  const scale = [scaleOf(negatives), scaleOf(positives)];
  const influences = components.map((component, i) => (component - value) * scale[labels[i]!]!);
  return { value, influences };
}

function scaleOf(records: number): number {
  return records > 1 ? 1 / Math.sqrt(records * (records - 1)) : 0;
}
