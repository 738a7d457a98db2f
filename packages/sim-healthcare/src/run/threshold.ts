import { chooseThreshold, type Predictions } from '@fedward/metrics-clinical';
import type { DeclaredEvaluation } from '../scenario/scenario.js';
import type { ChosenThreshold } from './result.js';

/**
 * The threshold of a run: what is declared, or by a declared rule on what the final model says of the training parts, or 0.5.
 * No test part has a say in it: of a threshold that was chosen there, sensitivity and specificity on it would be untrue.
 *
 * @param training what the final model says of all training parts; asked for where a rule needs it
 */
export async function thresholdOf(
  declared: DeclaredEvaluation['threshold'],
  training: () => Promise<Predictions>,
): Promise<ChosenThreshold> {
  if (declared === undefined) return { value: 0.5, on: 'default', rule: 'the more probable of the two classes' };
  if (typeof declared === 'number') return { value: declared, on: 'declared', rule: 'declared before the run' };
  const value = chooseThreshold(await training(), declared);
  return { value, on: 'training', rule: `${inWords(declared)}, on the training parts` };
}

function inWords(rule: Exclude<DeclaredEvaluation['threshold'], number | undefined>): string {
  switch (rule.rule) {
    case 'youden':
      return 'the largest sum of sensitivity and specificity (Youden)';
    case 'sensitivity':
      return `the highest threshold with a sensitivity of at least ${rule.at}`;
    case 'specificity':
      return `the lowest threshold with a specificity of at least ${rule.at}`;
  }
}
