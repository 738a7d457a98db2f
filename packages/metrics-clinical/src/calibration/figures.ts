import type { Figure, Figures } from '../evaluation/evaluation.js';
import { figureOf, undefinedFigure } from '../influence/figure.js';
import type { Patients } from '../influence/influence.js';
import type { NoteInfluences } from '../influence/note.js';
import { calibrationInTheLarge, recalibration } from './logistic.js';
import { equalCountBins, equalWidthBins, expectedCalibrationError } from './reliability.js';

interface Scores {
  /** [count] log-odds of class 1 */
  readonly logits: Float64Array;
  /** [count] the same as probabilities */
  readonly probabilities: Float64Array;
  readonly labels: Float32Array;
  readonly patients: Patients;
}

const noInterval = 'it is above 0 by chance alone: see the slope, the intercept and the curve';

/** Whether probabilities are what they say; intervals from the influences of patients. */
export function calibrationFigures(
  { logits, probabilities, labels, patients }: Scores,
  note?: NoteInfluences,
): Figures {
  const n = labels.length;
  const told = (name: string, value: number, influences: Float64Array, scale: 'plain' | 'log' | 'logit'): Figure => {
    note?.(name, influences);
    return figureOf(value, influences, patients, scale);
  };
  const mean = (name: string, of: Float64Array, scale: 'log' | 'logit'): Figure => {
    const value = of.reduce((sum, x) => sum + x, 0) / n;
    return told(name, value, of.map((x) => (x - value) / n), scale); // prettier-ignore
  };
  const fit = recalibration(logits, labels);
  const large = calibrationInTheLarge(logits, labels);
  const noFit = undefinedFigure('one of the classes is absent, or the model parts them without a mistake, or says the same of all'); // prettier-ignore
  const observed = labels.reduce((sum, y) => sum + y, 0);
  const expected = probabilities.reduce((sum, p) => sum + p, 0);
  return {
    brier: mean('brier', probabilities.map((p, i) => (p - labels[i]!) ** 2), 'logit'), // prettier-ignore
    logLoss: mean('logLoss', logits.map((x, i) => logLossOf(x, labels[i]!)), 'log'), // prettier-ignore
    observedExpected:
      expected > 0
        ? told(
            'observedExpected',
            observed / expected,
            Float64Array.from(labels, (y, i) => y / expected - (probabilities[i]! * observed) / expected ** 2),
            'log',
          )
        : undefinedFigure('the model expects no event'),
    calibrationInTheLarge: large ? told('calibrationInTheLarge', large.intercept, large.influences, 'plain') : undefinedFigure('one of the classes is absent'), // prettier-ignore
    calibrationIntercept: fit ? told('calibrationIntercept', fit.intercept, fit.influences.intercept, 'plain') : noFit,
    calibrationSlope: fit ? told('calibrationSlope', fit.slope, fit.influences.slope, 'plain') : noFit,
    ece: {
      value: expectedCalibrationError(equalWidthBins(probabilities, labels)),
      interval: null,
      because: noInterval,
    },
    eceEqualCount: {
      value: expectedCalibrationError(equalCountBins(probabilities, labels)),
      interval: null,
      because: noInterval,
    },
  };
}

/** log(1 + e^x) - x y, without overflow. */
function logLossOf(x: number, y: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))) - x * y;
}
