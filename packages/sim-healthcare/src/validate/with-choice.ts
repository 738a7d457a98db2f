import type { SimulationHooks } from '../run/carry-out.js';
import type { SimulateOptions } from '../run/options.js';
import { foldOf, type LoadedRun } from '../run/planned-run.js';
import { choose } from './choose.js';
import type { Fold } from './fold.js';
import { combinationsOf, planWith } from './grid.js';
import { choiceSchema } from './result-schema.js';

/**
 * A planned run with the settings that are chosen on its hospitals' training parts, where some are to be; else as it is.
 * Nothing has been written yet: one that is stopped here is begun again.
 * @throws {FedwardError} as `combinationsOf` and `choose`
 */
export async function withChoice(
  loaded: LoadedRun,
  { workers }: Pick<SimulateOptions, 'workers'>,
  { onValidate, signal = never }: SimulationHooks,
): Promise<LoadedRun> {
  const { planned, installed } = loaded;
  const { plan, simulation } = planned;
  if (simulation.choose === undefined) return loaded;
  const grid = combinationsOf(simulation.choose, plan, installed);
  const basis = {
    ...{ ...loaded, workers, signal },
    foldOf: (fold: Fold) => foldOf(loaded, fold),
    say: onValidate ?? (() => undefined),
  };
  const choice = await choose(basis, grid, 'test parts', 'the run');
  return {
    ...loaded,
    planned: {
      ...planned,
      plan: planWith(choice.chosen, plan, installed),
      simulation: { ...simulation, choice: choiceSchema.parse(choice) },
    },
  };
}

const never = new AbortController().signal;
