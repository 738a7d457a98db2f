import { reachOfRun } from '@fedward/sim-healthcare';
import { namingOption } from '../options/naming-option.js';
import { optionsOf, type Flags } from '../simulate/simulate-options.js';
import { printJson, printLine } from '../terminal/output.js';
import { printTable } from '../terminal/table.js';

/** Prints a table of the hospitals, or with `--json` the same as a document. */
export async function reachAction(flags: Flags): Promise<void> {
  const found = await reachOfRun(await optionsOf(flags)).catch((error: unknown) => {
    throw namingOption(error, [], flags.set);
  });
  if (flags.json) return printJson(found);
  printTable(
    ['Hospital', 'Records', 'Share', 'At most'],
    found.hospitals.map(({ id, records, share, most }) => [
      ...[id, String(records), share === null ? '-' : `${(100 * share).toFixed(1)} %`],
      most === null ? 'no bound' : String(Number(most.toPrecision(3))),
    ]),
  );
  printLine(
    'At most: L2 norm of what one hospital adds to the mean of a round that all others answer, whatever it sends.',
  );
  // Said once where it is the same of all.
  const reasons = new Map<string, string[]>();
  for (const { id, because } of found.hospitals) reasons.set(because, [...(reasons.get(because) ?? []), id]);
  for (const [because, ids] of reasons)
    printLine(`${ids.length === found.hospitals.length ? found.aggregator : ids.join(', ')}: ${because}.`);
}
