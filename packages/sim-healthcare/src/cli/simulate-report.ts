import { relative } from 'node:path';
import type { SimulationHooks } from '../run/simulate.js';
import type { SimulationResult } from '../run/result.js';
import { epsilonText, note, percent, printLine, printTable } from './output.js';
import { createProgress, type Progress } from './progress.js';

export interface Reporter {
  readonly hooks: Pick<SimulationHooks, 'onStart' | 'onRound' | 'onTrainAlone'>;
  /** The run's folder, once there is one. */
  readonly folder: string | undefined;
  stop(): void;
  conclude(result: SimulationResult): void;
}

/** What a person sees of a simulation. */
export function createReporter(json: boolean): Reporter {
  let progress: Progress | undefined;
  let folder: string | undefined;
  return {
    hooks: {
      onStart: (run, about) => {
        folder = about.folder;
        const { plan, population } = run;
        note(`${plan.name}: ${population.hospitals.length} hospitals, ${plan.rounds} rounds, trainer ${about.trainer}`);
        progress = createProgress(plan.rounds, 0);
      },
      onRound: (report) => progress?.round(report),
      onTrainAlone: (hospitalId) => progress?.say(`training ${hospitalId} alone, for comparison`),
    },
    get folder() {
      return folder;
    },
    stop: () => progress?.stop(),
    conclude: (result) => {
      if (!json) conclude(result);
    },
  };
}

function conclude(result: SimulationResult): void {
  printLine();
  printTable(
    ['Hospital', 'Samples', 'Local accuracy', 'Global accuracy'],
    result.hospitals.map(({ id, samples, localMetrics, globalMetrics }) => [
      id,
      String(samples),
      percent(localMetrics?.['accuracy']),
      percent(globalMetrics['accuracy']),
    ]),
  );
  const { accuracy, auroc } = result.final.metrics;
  printLine(
    `Global model on the pooled test part: accuracy ${percent(accuracy)}` +
      (auroc === undefined ? '' : `, AUROC ${auroc.toFixed(3)}`),
  );
  printPrivacy(result);
  const { events, hospitals, trainingEvents, root, verified } = result.audit;
  printLine();
  printLine(`Audit summary: ${events} events, ${hospitals} hospitals, ${trainingEvents} training events`);
  printLine(`Audit log ${verified ? 'verified' : 'DOES NOT VERIFY'}, root ${root}`);
  printLine(`Model sha256:${result.model.sha256}`);
  printLine(`Run folder ${relative('.', result.folder) || '.'} (report.html shows the rounds)`);
}

function printPrivacy({ privacy, simulationOnly }: SimulationResult): void {
  printLine();
  if (!privacy) {
    printLine('Privacy: none. Models and losses leave the hospitals as they are; nothing bounds what they tell.');
    return;
  }
  const { mechanism, epsilon, delta, unit, adjacency, accountant, assumptions, withheld, claims } = privacy;
  printLine(
    `Privacy: ${mechanism} spent epsilon ${epsilonText(epsilon)} at delta ${delta} for each hospital's data ` +
      `(unit: ${unit}, adjacency: ${adjacency}, accountant: ${accountant})`,
  );
  for (const claim of claims) printLine(`  it claims epsilon ${claim.epsilon} at delta ${claim.delta}: ${claim.note}`);
  for (const assumption of assumptions) printLine(`  assumes: ${assumption}`);
  printLine(`  withheld: ${withheld.join(', ')}`);
  if (simulationOnly) printLine('  SIMULATION ONLY: the noise came from a seed and protects nobody.');
}
