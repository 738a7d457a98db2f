import { counted, droppedMany, rowsText } from '@fedward/sim-healthcare/report';
import type { SimulationHooks } from '@fedward/sim-healthcare';
import type { StartedRun } from './advice.js';
import { note } from '../terminal/output.js';
import type { Progress } from '../terminal/describe-round.js';
import { progressFactory } from '../terminal/progress.js';

export interface Reporter {
  readonly hooks: Pick<SimulationHooks, 'onStart' | 'onRound' | 'onTrainAlone' | 'onValidate' | 'onSites'>;
  /** The run, once all is checked and the rounds begin. */
  readonly started: StartedRun | undefined;
  stop(): void;
}

/** What a person sees of a simulation while it is under way, on stderr. */
export async function createReporter(): Promise<Reporter> {
  const createProgress = await progressFactory();
  let progress: Progress | undefined;
  let started: StartedRun | undefined;
  return {
    hooks: {
      onStart: ({ plan, population, simulation }, { folder, trainer, firstRound }) => {
        started = { folder, plan, dropRate: simulation.dropRate, ledger: simulation.ledger };
        note(
          `${plan.name}: ${counted(population.ids.length, 'hospital')}, ${counted(plan.rounds, 'round')}, trainer ${trainer}`,
        );
        if (simulation.trainerChoice !== undefined) note(simulation.trainerChoice);
        for (const notice of population.notices ?? []) note(notice);
        for (const id of population.tabulated ? population.ids : []) {
          const { rows } = population.hospital(id);
          if (rows && droppedMany(rows)) note(`${id}: MANY ROWS LEFT OUT: ${rowsText(rows)}`);
        }
        progress = createProgress(plan.rounds, firstRound);
      },
      onRound: (report) => progress?.round(report),
      onValidate: (words) => (progress ? progress.say(words) : note(words)),
      onSites: (words) => (progress ? progress.say(words) : note(words)),
      onTrainAlone: (hospitalId) => progress?.say(`training ${hospitalId} alone, for comparison`),
    },
    get started() {
      return started;
    },
    stop: () => progress?.stop(),
  };
}
