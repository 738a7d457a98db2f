import { figureOf } from '../influence/figure.js';
import type { Patients } from '../influence/influence.js';
import type { EvaluationOptions, Figures, Predictions } from './evaluation.js';
import { figuresOf } from './figures-of.js';

/** Figures with the influences of their records. */
export interface Influenced {
  readonly figures: Figures;
  readonly influences: ReadonlyMap<string, Float64Array>;
}

/** Without resampling: a difference is made of influences, and figures that have none have no difference. */
export function influencedFigures(predictions: Predictions, options: EvaluationOptions): Influenced {
  const influences = new Map<string, Float64Array>();
  const few = { ...options, curves: false, bootstrap: { draws: 0, seed: 0 } };
  const { figures } = figuresOf(predictions, few, (name, own) => influences.set(name, own));
  return { figures, influences };
}

/**
 * The figures of `a` minus those of `b`, of those that both have influences of, with Wald's interval over patients.
 *
 * @param at where the records of each are among all those that patients are counted of: [records of a], [records of b]
 */
export function differences(
  a: Influenced,
  b: Influenced,
  at: readonly [Uint32Array, Uint32Array],
  patients: Patients,
  records: number,
): Figures {
  const names = [...a.influences.keys()].filter((name) => b.influences.has(name));
  return Object.fromEntries(
    names.map((name) => {
      const all = new Float64Array(records);
      a.influences.get(name)!.forEach((own, i) => (all[at[0][i]!]! += own));
      b.influences.get(name)!.forEach((own, i) => (all[at[1][i]!]! -= own));
      return [name, figureOf(a.figures[name]!.value! - b.figures[name]!.value!, all, patients, 'plain')];
    }),
  );
}
