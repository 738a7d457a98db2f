import { noRecords, notDefined, share, withoutInterval, type Estimate } from '../intervals/estimate.js';
import { combined, varianceOf } from '../intervals/influence.js';
import { logWald, type Interval } from '../intervals/normal.js';
import type { BinaryRecords } from './records.js';

/** Shares of the records that were called rightly, at the threshold. */
export function shares({ labels, called, patients }: BinaryRecords) {
  const all = new Uint8Array(labels.length).fill(1);
  const right = labels.map((y, i) => Number(y === called[i]));
  const not = (of: Uint8Array) => of.map((one) => 1 - one);
  return {
    accuracy: share(patients, all, right, noRecords),
    sensitivity: share(patients, labels, called, 'class 1 does not occur'),
    specificity: share(patients, not(labels), not(called), 'class 0 does not occur'),
    ppv: share(patients, called, labels, 'no record is called class 1'),
    npv: share(patients, not(called), not(labels), 'no record is called class 0'),
    prevalence: share(patients, all, labels, noRecords),
  };
}

/**
 * Likelihood ratios, sensitivity / (1 - specificity) and (1 - sensitivity) / specificity, with intervals from the variance
 * of their logarithms (Simel et al. 1991, J. Clin. Epidemiol. 44:763), cluster-robust; and by them the predictive
 * values that the test would have at a declared prevalence (Bayes), with intervals symmetric in their log-odds (Mercaldo et al. 2007,
 * Stat. Med. 26:2170).
 */
export function likelihoodRatios(
  sensitivity: Estimate,
  specificity: Estimate,
  prevalence: number | undefined,
): Record<string, Estimate> {
  const [sens, spec] = [sensitivity.figure.value, specificity.figure.value];
  const given =
    prevalence === undefined
      ? {}
      : {
          ppvAtPrevalence: notDefined(eitherAbsent),
          npvAtPrevalence: notDefined(eitherAbsent),
        };
  if (sens === null || spec === null)
    return {
      likelihoodRatioPositive: notDefined(eitherAbsent),
      likelihoodRatioNegative: notDefined(eitherAbsent),
      ...given,
    };
  // d log(sens / (1 - spec)) and d log((1 - sens) / spec)
  const positive = ratio(sens, 1 - spec, [1 / sens, 1 / (1 - spec)], sensitivity, specificity);
  const negative = ratio(1 - sens, spec, [-1 / (1 - sens), -1 / spec], sensitivity, specificity);
  return {
    likelihoodRatioPositive: positive,
    likelihoodRatioNegative: negative,
    ...(prevalence !== undefined && {
      ppvAtPrevalence: predictive(positive, prevalence, sens + (1 - spec) === 0),
      npvAtPrevalence: complement(predictive(negative, prevalence, 1 - sens + spec === 0)),
    }),
  };
}

const eitherAbsent = 'only one class occurs';
const noVariance = 'sensitivity or specificity is 0 or 1';

function ratio(
  above: number,
  below: number,
  weights: readonly [number, number],
  sensitivity: Estimate,
  specificity: Estimate,
): Estimate {
  if (below === 0) return notDefined('its denominator is 0');
  const value = above / below;
  if (!weights.every(Number.isFinite)) return withoutInterval(value, noVariance);
  const influence = () => [
    ...combined([[weights[0], sensitivity.influence!()]]),
    ...combined([[weights[1], specificity.influence!()]]),
  ];
  const variance = varianceOf(influence());
  if (!variance) return withoutInterval(value, noVariance);
  return { figure: { value, interval: logWald(value, variance), method: 'wald' } };
}

/** Chance of class 1 after a result with this likelihood ratio: odds before times the ratio. */
function predictive({ figure: { value, interval } }: Estimate, prevalence: number, nobody: boolean): Estimate {
  if (nobody) return notDefined('no record is called so');
  const after = (likelihood: number) => (prevalence * likelihood) / (prevalence * likelihood + 1 - prevalence);
  // A ratio without end: nobody of the other class is called so.
  if (value === null) return withoutInterval(prevalence > 0 ? 1 : 0, noVariance);
  if (prevalence === 1 && value === 0) return notDefined('nobody is called so at this prevalence');
  if (!interval) return withoutInterval(after(value), noVariance);
  return { figure: { value: after(value), interval: interval.map(after) as unknown as Interval, method: 'wald' } };
}

function complement({ figure }: Estimate): Estimate {
  if (figure.value === null) return { figure };
  const { value, interval } = figure;
  return { figure: { ...figure, value: 1 - value, interval: interval && [1 - interval[1], 1 - interval[0]] } };
}
