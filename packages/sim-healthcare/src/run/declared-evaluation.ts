import { FedwardError, type TrainingPlan } from '@fedward/core';
import { assertJudgeable, type DeclaredEvaluation } from '@fedward/data-medical';
import type { Population } from '../scenario/scenario.js';
import type { SimulateOptions } from './options.js';

/** What options say of how the model is judged; undefined where they say nothing. @throws {FedwardError} CONFIG_INVALID */
export function declaredByOptions({
  threshold,
  prevalence,
  horizon,
}: Pick<SimulateOptions, 'threshold' | 'prevalence' | 'horizon'>): DeclaredEvaluation | undefined {
  const declared = {
    ...(threshold !== undefined && { threshold: parseThreshold(threshold) }),
    ...(prevalence !== undefined && { prevalence }),
    ...(horizon !== undefined && { horizon }),
  };
  return Object.keys(declared).length > 0 ? declared : undefined;
}

/** `0.3`, `youden`, `sensitivity:0.9` or `specificity:0.9`. @throws {FedwardError} CONFIG_INVALID naming `--threshold` */
export function parseThreshold(told: number | string): NonNullable<DeclaredEvaluation['threshold']> {
  const [, rule, at] = /^(?:(youden|sensitivity|specificity):?)?([\d.e-]*)$/i.exec(String(told).trim()) ?? [];
  const share = Number(at || NaN);
  const isShare = share > 0 && share < 1;
  if (rule === undefined && isShare) return share;
  if (rule === 'youden' && at === '') return { rule };
  if ((rule === 'sensitivity' || rule === 'specificity') && isShare) return { rule, at: share };
  throw new FedwardError(
    'CONFIG_INVALID',
    `--threshold: ${told} is none: give a probability between 0 and 1, or how it is chosen on the training parts, youden, ` +
      'sensitivity:0.9 or specificity:0.9',
    '--threshold',
  );
}

/**
 * A population with what options say over what its study declares.
 * @throws {FedwardError} CONFIG_INVALID for what has no meaning for its labels, naming the option
 */
export function withDeclared(population: Population, options: DeclaredEvaluation | undefined): Population {
  if (!options) return population;
  const { classes, label } = population;
  const kind = label ?? (classes > 1 ? 'class' : 'value');
  assertJudgeable(options, { kind, classes: { length: classes } }, (key) => `--${key}`);
  return { ...population, evaluation: { ...population.evaluation, ...options } };
}

/** A price in the sense of who pays: masks alone have none. */
export function isPriced({ privacy }: Pick<TrainingPlan, 'privacy'>): boolean {
  return privacy?.delta !== undefined;
}

/**
 * @throws {FedwardError} CONFIG_INCOMPATIBLE for a threshold that is chosen on training parts where a price would have to pay
 *   for it, or where hospitals are too many to be asked for all of theirs
 */
export function assertEvaluation({ evaluation, tabulated }: Population, plan: Pick<TrainingPlan, 'privacy'>): void {
  const { threshold } = evaluation ?? {};
  if (typeof threshold !== 'object') return;
  const refuse = (why: string): never => {
    throw new FedwardError('CONFIG_INCOMPATIBLE', `--threshold ${threshold.rule}: ${why}`, '--threshold');
  };
  if (isPriced(plan))
    refuse(
      'it would be chosen on what the model says of every patient that it was trained on, and no epsilon pays for that: ' +
        'declare the threshold, such as --threshold 0.3',
    );
  if (!tabulated) refuse('there are too many hospitals to score all of their training parts: declare the threshold');
}
