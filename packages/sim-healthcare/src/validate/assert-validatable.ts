import { FedwardError, type TrainingPlan } from '@fedward/core';
import type { Simulation } from '../run/simulation-schema.js';
import type { Population, Scenario } from '../scenario/scenario.js';
import { validationForms } from './method.js';

/** What is to be validated, or chosen for. */
interface Asked {
  readonly scenario: Scenario;
  readonly simulation: Simulation;
  readonly population: Population;
  readonly plan: TrainingPlan;
}

/**
 * Refuses folds where they have no meaning, or where nothing pays for them.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming the option
 */
export function assertValidatable(asked: Asked): void {
  const { simulation, population, plan } = asked;
  const { validate, choose } = simulation;
  if (validate !== undefined && validate.kind !== 'holdout') {
    const refuse = refusing('--validate');
    assertFoldable(asked, refuse);
    if (validate.kind === 'leave-one-hospital-out' && population.ids.length < 2)
      refuse('a hospital is left out and the others train, and there is only one');
    if (priced(plan) && simulation.secureNoise)
      refuse(
        "each fold is a training more on the same patients, with figures of theirs, and the plan's epsilon is of one run: " +
          'K folds would cost K times as much. Use --validate holdout; or, to see what would come out and protect nobody, ' +
          'leave --secure-noise out',
      );
    if (simulation.ledger !== undefined)
      refuse('ledgers are charged for one run, and the folds are further ones: leave --ledger out');
  }
  if (choose === undefined) return;
  const refuse = refusing('--choose');
  assertFoldable(asked, refuse);
  if (priced(plan))
    refuse(
      'settings that are tried on private data are releases of their own, and nothing pays for them (Papernot and Steinke 2022): ' +
        'set them from public knowledge, with --set; or give --privacy none',
    );
}

function assertFoldable({ scenario, simulation, population }: Asked, refuse: (why: string) => never): void {
  if (!population.tabulated) refuse(`${scenario.name} has too many hospitals for a table of each`);
  if (!scenario.fold)
    refuse(
      `${scenario.name} comes with a split of its own, which can't be made anew: ${validationForms[0]} is what it has`,
    );
  if (simulation.labelNoise)
    refuse('--label-noise makes labels wrong that would be tested on: leave one of the two out');
}

/** Without a delta nothing has a price, as with masks alone. */
function priced({ privacy }: TrainingPlan): boolean {
  return privacy?.delta !== undefined;
}

function refusing(option: string): (why: string) => never {
  return (why) => {
    throw new FedwardError('CONFIG_INCOMPATIBLE', `${option}: ${why}`, option);
  };
}
