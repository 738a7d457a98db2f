import type { EvaluationOptions, Figure, Figures } from '../evaluation/evaluation.js';
import { undefinedFigure } from '../influence/figure.js';
import { jackknifeVariance, z95, type Patients } from '../influence/influence.js';
import type { NoteInfluences } from '../influence/note.js';
import { resampledIntervals } from '../intervals/resampling.js';
import { curveFigures } from './curve-figures.js';
import { areaUnderRoc } from './delong.js';
import type { Ranked } from './ranks.js';

interface Scores {
  /** [count] larger for class 1 */
  readonly logits: Float64Array;
  readonly labels: Float32Array;
  readonly patients: Patients;
  readonly order: Ranked;
}

/** `auroc` with DeLong's interval; `auprc` and the two operating points with those of samples of patients. */
export function discriminationFigures(
  { logits, labels, patients, order }: Scores,
  { operatingPoint = 0.9, bootstrap = { draws: 1000, seed: 0 } }: EvaluationOptions,
  note?: NoteInfluences,
): Figures {
  const area = areaUnderRoc(logits, labels, order);
  if (!area) {
    const none = undefinedFigure('one of the classes is absent');
    return { auroc: none, auprc: none, sensitivityAtSpecificity: none, specificityAtSensitivity: none };
  }
  note?.('auroc', area.influences);
  const figures = (weights?: Float64Array) => {
    const { auprc, sensitivityAtSpecificity, specificityAtSensitivity } = curveFigures(
      logits,
      labels,
      operatingPoint,
      order,
      weights,
    );
    return { auprc, sensitivityAtSpecificity, specificityAtSensitivity };
  };
  const all = figures();
  const intervals = resampledIntervals(labels.length, patients, all, figures, bootstrap);
  const sampled = (name: keyof typeof all): Figure => ({
    value: all[name]!,
    interval: intervals[name],
    method: 'bootstrap',
    ...(intervals[name] === null && { because: 'most samples of these patients lack one of the classes' }),
  });
  return {
    auroc: delongFigure(area.value, jackknifeVariance(area.influences, patients)),
    auprc: sampled('auprc'),
    sensitivityAtSpecificity: sampled('sensitivityAtSpecificity'),
    specificityAtSensitivity: sampled('specificityAtSensitivity'),
  };
}

/** As pROC's `ci.auc`: normal, cut to [0, 1]. */
function delongFigure(value: number, variance: number): Figure {
  if (!(variance > 0))
    return {
      value,
      interval: null,
      because: 'the classes do not overlap, or have too few records, and show no spread',
    };
  const half = z95 * Math.sqrt(variance);
  return { value, interval: [Math.max(0, value - half), Math.min(1, value + half)], method: 'delong' };
}
