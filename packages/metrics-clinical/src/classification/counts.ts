/** Records by whether they are of class 1, and are called that. */
export interface Counts {
  readonly tp: number;
  readonly fp: number;
  readonly tn: number;
  readonly fn: number;
}

/** The four cells in order. */
export const cells = ['tp', 'fp', 'tn', 'fn'] as const;

/** The cell of a record. */
export function cellOf(label: number, called: boolean): (typeof cells)[number] {
  return label === 1 ? (called ? 'tp' : 'fn') : called ? 'fp' : 'tn';
}

/**
 * @param labels [count] 0 or 1
 * @param called [count] whether a record is called class 1
 */
export function confusionCounts(labels: ArrayLike<number>, called: ArrayLike<number | boolean>): Counts {
  const counts = { tp: 0, fp: 0, tn: 0, fn: 0 };
  for (let i = 0; i < labels.length; i++) counts[cellOf(labels[i]!, Boolean(called[i]))]++;
  return counts;
}

/** A figure of counts; undefined where a divisor is 0. It does not change where all four are multiplied. */
export type CountFigure = (counts: Counts) => number | undefined;

const ratio = (part: number, whole: number): number | undefined => (whole > 0 ? part / whole : undefined);

/** Of the records, the share that are called what they are. */
export const accuracyOf: CountFigure = ({ tp, fp, tn, fn }) => ratio(tp + tn, tp + fp + tn + fn);
/** Of class 1 the share that is found. */
export const sensitivityOf: CountFigure = ({ tp, fn }) => ratio(tp, tp + fn);
/** Of class 0 the share that is left alone. */
export const specificityOf: CountFigure = ({ tn, fp }) => ratio(tn, tn + fp);
/** Of those called class 1 the share that are. */
export const ppvOf: CountFigure = ({ tp, fp }) => ratio(tp, tp + fp);
/** Of those called class 0 the share that are. */
export const npvOf: CountFigure = ({ tn, fn }) => ratio(tn, tn + fn);
/** The harmonic mean of sensitivity and PPV. */
export const f1Of: CountFigure = ({ tp, fp, fn }) => ratio(2 * tp, 2 * tp + fp + fn);

/** The mean of sensitivity and specificity. */
export const balancedAccuracyOf: CountFigure = (counts) => {
  const [sensitivity, specificity] = [sensitivityOf(counts), specificityOf(counts)];
  return sensitivity === undefined || specificity === undefined ? undefined : (sensitivity + specificity) / 2;
};

/** Matthews 1975, the correlation of what is called with what is; 0 where one of both does not vary, as scikit-learn's. */
export const mccOf: CountFigure = ({ tp, fp, tn, fn }) => {
  const divisor = Math.sqrt(tp + fp) * Math.sqrt(tp + fn) * Math.sqrt(tn + fp) * Math.sqrt(tn + fn);
  return divisor > 0 ? (tp * tn - fp * fn) / divisor : 0;
};

/** Cohen 1960: the agreement beyond that of chance, over the most that there could be. */
export const kappaOf: CountFigure = ({ tp, fp, tn, fn }) => {
  const n = tp + fp + tn + fn;
  if (n === 0) return undefined;
  const chance = ((tp + fp) * (tp + fn) + (tn + fn) * (tn + fp)) / n ** 2;
  return ratio((tp + tn) / n - chance, 1 - chance);
};

/** Sensitivity over the share of false alarms. */
export const positiveLikelihoodRatioOf: CountFigure = (counts) => {
  const [sensitivity, specificity] = [sensitivityOf(counts), specificityOf(counts)];
  return sensitivity === undefined || specificity === undefined ? undefined : ratio(sensitivity, 1 - specificity);
};

/** Of those called class 1 the share that would be, where class 1 has another prevalence (Bayes). */
export function ppvAt(prevalence: number): CountFigure {
  return (counts) => {
    const [sensitivity, specificity] = [sensitivityOf(counts), specificityOf(counts)];
    if (sensitivity === undefined || specificity === undefined) return undefined;
    const hits = sensitivity * prevalence;
    return ratio(hits, hits + (1 - specificity) * (1 - prevalence));
  };
}

/** The same of those called class 0. */
export function npvAt(prevalence: number): CountFigure {
  return (counts) => {
    const [sensitivity, specificity] = [sensitivityOf(counts), specificityOf(counts)];
    if (sensitivity === undefined || specificity === undefined) return undefined;
    const spared = specificity * (1 - prevalence);
    return ratio(spared, spared + (1 - sensitivity) * prevalence);
  };
}

/**
 * Net benefit of acting on those called class 1 (Vickers and Elkin 2006, Med. Decis. Making 26:565): true positives less
 * false ones at the odds of the threshold, a record.
 * @param threshold in (0, 1)
 */
export function netBenefitAt(threshold: number): CountFigure {
  return ({ tp, fp, tn, fn }) => ratio(tp - (fp * threshold) / (1 - threshold), tp + fp + tn + fn);
}

/**
 * By how much the figure moves as a cell grows by one record: central differences of step 1e-5 of all records, right to some
 * nine digits, more than a standard error needs.
 * @returns undefined where the figure is not defined nearby
 */
export function gradientOf(figure: CountFigure, counts: Counts): Readonly<Record<keyof Counts, number>> | undefined {
  const step = 1e-5 * (counts.tp + counts.fp + counts.tn + counts.fn);
  const gradient = { tp: 0, fp: 0, tn: 0, fn: 0 };
  for (const cell of cells) {
    if (counts[cell] === 0) continue; // no record is there whose weight could grow
    const [high, low] = [step, -step].map((by) => figure({ ...counts, [cell]: counts[cell] + by }));
    if (high === undefined || low === undefined) return undefined;
    gradient[cell] = (high - low) / (2 * step);
  }
  return gradient;
}
