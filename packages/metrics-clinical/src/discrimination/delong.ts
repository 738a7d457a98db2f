import { forEachTie, hasBoth, oneClass, type BinaryRecords } from '../binary/records.js';
import { notDefined, tooFewPatients, withoutInterval, type Estimate } from '../intervals/estimate.js';
import { influencePart, varianceOf, type Influence } from '../intervals/influence.js';
import { logitWald } from '../intervals/normal.js';

/** An area under the curve, and what each record contributes to it. */
export interface StructuralComponents {
  readonly area: number;
  /** [count]: share of the records of the other class that this one is on the right side of, ties counting half. */
  readonly placements: Float64Array;
}

/**
 * The structural components of the area (DeLong et al. 1988, Biometrics 44:837), by one pass over the sorted scores: a
 * placement is a mid-rank among all less one among its own class (Sun and Xu 2014, IEEE Signal Process. Lett. 21:1389).
 * @returns undefined where a class is absent
 */
export function structuralComponents(records: BinaryRecords): StructuralComponents | undefined {
  if (!hasBoth(records)) return undefined;
  const { order, labels, positives, count } = records;
  const negatives = count - positives;
  const placements = new Float64Array(count);
  let [above, sum] = [{ positives: 0, negatives: 0 }, 0];
  forEachTie(records, (start, end) => {
    let here = 0;
    for (let i = start; i < end; i++) here += labels[order[i]!]!;
    const others = end - start - here;
    for (let i = start; i < end; i++) {
      const record = order[i]!;
      placements[record] = labels[record]
        ? (negatives - above.negatives - others / 2) / negatives
        : (above.positives + here / 2) / positives;
    }
    sum += here * (negatives - above.negatives - others / 2);
    above = { positives: above.positives + here, negatives: above.negatives + others };
  });
  return { area: sum / (positives * negatives), placements };
}

/** In the two parts of DeLong's variance: what records of class 1 do, and those of class 0. */
export function areaInfluence(
  { labels, positives, count, patients }: BinaryRecords,
  { area, placements }: StructuralComponents,
): Influence {
  return [1, 0].map((label) => {
    const own = label ? positives : count - positives;
    return influencePart(patients, (i) => (labels[i] === label ? (placements[i]! - area) / own : undefined));
  });
}

/**
 * The area under the ROC curve with DeLong's interval, or Obuchowski's (1997) where patients have several records, symmetric
 * in the log-odds of the area: the plain one leaves [0, 1] and covers too seldom for few records and large areas (Qin
 * and Hotilovac 2008, Stat. Methods Med. Res. 17:207).
 */
export function areaUnderCurve(records: BinaryRecords): Estimate {
  const components = structuralComponents(records);
  if (!components) return notDefined(oneClass);
  const { area } = components;
  const influence = () => areaInfluence(records, components);
  const variance = varianceOf(influence());
  if (variance === undefined) return withoutInterval(area, tooFewPatients);
  // An influence that is 0 for each patient would make a difference to another model look more certain than it is.
  if (variance === 0 || area === 0 || area === 1)
    return withoutInterval(area, 'the scores part the classes without a fault, which tells nothing of its error');
  return { figure: { value: area, interval: logitWald(area, variance), method: 'delong' }, influence };
}
