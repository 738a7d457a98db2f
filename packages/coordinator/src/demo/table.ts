import { printLine, printTable } from '@fedward/cli/command';
import { roundedUp } from '@fedward/sim-healthcare/report';
import type { DemoOutcome } from './outcome.js';

/** Two figures are told, of which the first is below the second: people should know what each is of. */
const whichEpsilon = [
  "Epsilon beside a round is the plan's: by the plan's accountant, of this study's rounds so far.",
  "Epsilon of a ledger is the hospital's: by the ledger's accountant (by default a Rényi filter), of all studies on its patients, with room for whatever comes next; it is the higher one.",
];

/** The end of a demonstration, for people. */
export function printOutcome({ model, sites, rounds, seconds }: DemoOutcome, where: string | undefined): void {
  printTable(
    ['Hospital', 'Rounds trained', 'Restarts', 'Epsilon of its ledger', 'Log and ledger'],
    sites.map(({ id, roundsTrained, restarts, epsilon, auditVerified }) => [
      ...[id, String(roundsTrained), String(restarts), epsilon === null ? 'no privacy' : roundedUp(epsilon)],
      auditVerified ? 'verified' : 'DO NOT HOLD',
    ]),
  );
  if (sites.some(({ epsilon }) => epsilon !== null)) for (const line of whichEpsilon) printLine(line);
  printLine(`model ${model.sha256}`);
  const figures = Object.entries(model.metrics).map(([name, value]) => `${name} ${value.toFixed(4)}`);
  printLine(`on patients of all hospitals that it was not trained on: ${figures.join('  ')}`);
  printLine(`${rounds} rounds in ${seconds.toFixed(1)} s, from the first process to the last`);
  if (where !== undefined) printLine(`all of it is in ${where}`);
}
