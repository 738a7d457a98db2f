import { printLine, printTable } from '@fedward/cli/command';
import { roundedUp } from '@fedward/sim-healthcare/report';
import type { DemoOutcome } from './outcome.js';

/** The end of a demonstration, for people. */
export function printOutcome({ model, sites, rounds, seconds }: DemoOutcome, where: string | undefined): void {
  printTable(
    ['Hospital', 'Rounds trained', 'Restarts', 'Epsilon in its ledger', 'Log and ledger'],
    sites.map(({ id, roundsTrained, restarts, epsilon, auditVerified }) => [
      ...[id, String(roundsTrained), String(restarts), epsilon === null ? 'no privacy' : roundedUp(epsilon)],
      auditVerified ? 'verified' : 'DO NOT HOLD',
    ]),
  );
  if (sites.some(({ epsilon }) => epsilon !== null))
    printLine('A ledger counts for whatever studies come next, by RDP: above what the study alone has spent.');
  printLine(`model ${model.sha256}`);
  const figures = Object.entries(model.metrics).map(([name, value]) => `${name} ${value.toFixed(4)}`);
  printLine(`on patients of all hospitals that it was not trained on: ${figures.join('  ')}`);
  printLine(`${rounds} rounds in ${seconds.toFixed(1)} s, from the first process to the last`);
  if (where !== undefined) printLine(`all of it is in ${where}`);
}
