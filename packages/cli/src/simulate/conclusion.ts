import { relative } from 'node:path';
import type { SimulationResult } from '@fedward/sim-healthcare';
import {
  aboutData,
  bytesText,
  checkText,
  completenessText,
  collectionText,
  counted,
  dataText,
  deployText,
  describeMetrics,
  evaluationText,
  evidenceText,
  exposureText,
  hospitalTable,
  labelNoiseText,
  ledgersText,
  maskedText,
  plainWords,
  roundedUp,
} from '@fedward/sim-healthcare/report';
import { printLine } from '../terminal/output.js';
import { printTable } from '../terminal/table.js';
import { printValidation } from './print-validation.js';

/** What a person sees of a result, on stdout. */
export function conclude(result: SimulationResult): void {
  printLine();
  printHospitals(result);
  printLine(`Global model on the pooled test part: ${describeMetrics(result.final.metrics)}`);
  for (const sentence of collectionText(result.rounds)) printLine(`  ${sentence}`);
  const { evaluation } = result.final;
  for (const line of evaluation ? evaluationText(evaluation) : []) printLine(`  ${line}`);
  printThreshold(result);
  // What the run lacks is said at its end.
  for (const { message } of result.warnings.filter(({ code }) => code !== 'HOSPITALS_MISSING'))
    printLine(`  WARNING: ${message}`);
  printBytes(result);
  printValidation(result);
  printPrivacy(result);
  printMasks(result);
  const { events, hospitals, trainingEvents, root, verified, sealed } = result.audit;
  printLine();
  const completeness = completenessText(result);
  if (completeness !== undefined) printLine(completeness);
  printLine(
    `Audit summary: ${counted(sealed?.events ?? events, 'event')}, ${counted(hospitals, 'hospital')}, ${counted(trainingEvents, 'training event')}`,
  );
  printLine(`Audit log ${verified ? 'verified' : 'DOES NOT VERIFY'}, root ${sealed?.root ?? root}`);
  const evidence = evidenceText(result);
  if (evidence !== undefined) printLine(`  ${evidence}`);
  const checked = checkText(result);
  if (checked !== undefined) printLine(checked);
  printLine(`Weights sha256:${result.model.sha256} (the digest of the file itself: fedward audit verify)`);
  printLine(`Run folder ${relative('.', result.folder) || '.'} (report.html shows the rounds)`);
}

function printHospitals({ hospitals, population, final, notices }: SimulationResult): void {
  for (const notice of notices ?? []) printLine(notice);
  if (!population.tabulated) return printLine(`${population.hospitals} hospitals, too many for a table of each.`);
  const { head, rows } = hospitalTable(hospitals, final.metrics);
  printTable(head, rows);
  for (const hospital of hospitals) {
    const data = dataText(hospital);
    if (data !== undefined) printLine(`  ${hospital.id}: ${data}`);
  }
  for (const words of deployText(hospitals)) printLine(words);
  for (const words of labelNoiseText(hospitals)) printLine(words);
  for (const words of aboutData(hospitals)) printLine(words);
  for (const { localFailure } of hospitals)
    if (localFailure !== undefined) printLine(`  no local figure: ${localFailure}`);
}

function printThreshold({ threshold, hospitals }: SimulationResult): void {
  if (!threshold || threshold.on === 'default') return;
  const where = hospitals.length > 0 ? ', at each hospital and pooled' : '';
  printLine(`  Threshold ${Number(threshold.value.toPrecision(4))}: ${threshold.rule}; accuracies are at it${where}`);
}

function printBytes(result: SimulationResult): void {
  const bytes = bytesText(result);
  if (bytes !== undefined) printLine(`Bytes: ${bytes}`);
}

function printMasks({ secureAggregation }: SimulationResult): void {
  if (!secureAggregation) return;
  const { sentences, head, rows } = maskedText(secureAggregation);
  printLine();
  for (const sentence of sentences) printLine(sentence);
  printTable(head, rows);
}

function printPrivacy({ privacy, simulationOnly, secureAggregation }: SimulationResult): void {
  printLine();
  if (!privacy) {
    printLine(
      secureAggregation
        ? 'Privacy: no epsilon. Nothing bounds what the sums over hospitals tell of their patients.'
        : 'Privacy: none. Changes of the model and losses leave the hospitals as they are; nothing bounds what they tell.',
    );
    return;
  }
  const {
    mechanism,
    epsilon,
    delta,
    unit,
    adjacency,
    accountant,
    assumptions,
    withheld,
    released,
    notReleased,
    claims,
  } = privacy;
  printLine(
    `Privacy: ${mechanism} spent epsilon ${roundedUp(epsilon)} at delta ${delta} for each hospital's data ` +
      `(unit: ${unit}, adjacency: ${adjacency}, accountant: ${accountant})`,
  );
  for (const line of plainWords(privacy)) printLine(`  ${line}`);
  const exposure = exposureText(privacy);
  if (exposure) printLine(`  ${exposure}`);
  for (const line of ledgersText(privacy)) printLine(`  ${line}`);
  for (const claim of claims) printLine(`  it claims epsilon ${claim.epsilon} at delta ${claim.delta}: ${claim.note}`);
  for (const assumption of assumptions) printLine(`  assumes: ${assumption}`);
  printLine(`  withheld: ${withheld.join(', ')}`);
  printLine(`  released, and not in the epsilon: ${released.join('; ')}`);
  printLine(`  shown by the simulation, released by nobody: ${notReleased.join('; ')}`);
  if (simulationOnly) printLine('  SIMULATION ONLY: the noise came from a seed and protects nobody.');
}
