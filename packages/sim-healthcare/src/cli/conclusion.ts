import { relative } from 'node:path';
import type { SimulationResult } from '../run/result.js';
import { epsilonText, percent, printLine } from './output.js';
import { printTable } from './table.js';

/** What a person sees of a result, on stdout. */
export function conclude(result: SimulationResult): void {
  printLine();
  printHospitals(result);
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

function printHospitals({ hospitals, population }: SimulationResult): void {
  if (!population.tabulated) return printLine(`${population.hospitals} hospitals, too many for a table of each.`);
  printTable(
    ['Hospital', 'Samples', 'Local accuracy', 'Global accuracy'],
    hospitals.map(({ id, samples, localMetrics, globalMetrics }) => [
      id,
      String(samples),
      percent(localMetrics?.['accuracy']),
      percent(globalMetrics['accuracy']),
    ]),
  );
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
