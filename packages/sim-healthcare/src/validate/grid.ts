import { FedwardError, isFedwardError, parsePlan, type Json, type TrainingPlan } from '@fedward/core';
import type { InstalledPlugins } from '../plugins/installed.js';
import { withKeys } from '../run/set-keys.js';
import type { ChosenSettings } from './validation-result.js';

/** What is declared to be chosen from: values by key, a path in the plan or a short name. */
export type Grid = Readonly<Record<string, readonly Json[]>>;

/** Most combinations: each is trained several times. */
export const mostCombinations = 100;

const shortNames: Readonly<Record<string, string | ((plan: TrainingPlan) => string)>> = {
  rounds: 'rounds',
  'learning-rate': 'training.optimizer.learningRate',
  'batch-size': ({ training: { batches } }) =>
    `training.batches.${batches.kind === 'poisson' ? 'expectedSize' : 'size'}`,
  'local-epochs': 'training.batches.epochs',
};

/** What a choice may not be made of: a seed that is chosen is luck, and the rest is no setting of the training. */
const notToChoose = /^(seed|schemaVersion|name|privacy|about)(\.|$)/;

/** A combination, and the plan with it. */
export interface Combination {
  readonly settings: ChosenSettings;
  readonly plan: TrainingPlan;
}

/**
 * All combinations of a grid, the first key's values changing last.
 * @throws {FedwardError} CONFIG_INVALID naming `--choose` for a grid that is none, or of more than 100 combinations; what
 *   the plan's schema has against one of them
 */
export function combinationsOf(grid: Grid, plan: TrainingPlan, installed: InstalledPlugins): Combination[] {
  const keys = Object.entries(grid).map(([name, values]) => ({ key: keyOf(name, plan), name, values }));
  if (keys.length === 0) throw refused('write KEY=VALUE,VALUE, such as learning-rate=0.01,0.1');
  const twice = keys.find(({ key }, i) => keys.findIndex((other) => other.key === key) < i);
  if (twice) throw refused(`${twice.name} is declared twice`);
  for (const { key, name, values } of keys) {
    if (notToChoose.test(key)) throw refused(`${name} is no setting to choose by its score`);
    if (values.length === 0) throw refused(`${name} has no value`);
  }
  const count = keys.reduce((product, { values }) => product * values.length, 1);
  if (count > mostCombinations)
    throw refused(`${count} combinations, and each is trained several times: declare at most ${mostCombinations}`);
  const all = keys.reduce<ChosenSettings[]>(
    (before, { key, values }) => before.flatMap((one) => values.map((value) => ({ ...one, [key]: value }))),
    [{}],
  );
  return all.map((settings) => ({ settings, plan: planWith(settings, plan, installed) }));
}

/** The plan with some settings. @throws {FedwardError} CONFIG_INVALID or CONFIG_INCOMPATIBLE, naming the key */
export function planWith(settings: ChosenSettings, plan: TrainingPlan, installed: InstalledPlugins): TrainingPlan {
  try {
    return parsePlan(withKeys(plan, settings, installed), '--choose');
  } catch (error) {
    if (!isFedwardError(error)) throw error;
    throw new FedwardError(error.code, error.message.replace(/^--set /, '--choose: '), '--choose', { cause: error });
  }
}

function keyOf(name: string, plan: TrainingPlan): string {
  const key = Object.hasOwn(shortNames, name) ? shortNames[name]! : name;
  return typeof key === 'string' ? key : key(plan);
}

function refused(why: string): FedwardError {
  return new FedwardError('CONFIG_INVALID', `--choose: ${why}`, '--choose');
}
