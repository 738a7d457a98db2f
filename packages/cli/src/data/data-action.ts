import { dataSets, listDataSets, type DataSetStatus } from '@fedward/data-medical';
import { printJson, printLine } from '../terminal/output.js';
import { printTable } from '../terminal/table.js';

/** The catalogue; with a folder, what of it is there. */
export async function listAction({ data: dir, json }: { data?: string; json?: boolean }): Promise<void> {
  const sets = dir ? await listDataSets(dir) : dataSets.map(({ name, title }) => ({ name, title, present: false }));
  if (json) return printJson({ dataDir: dir ?? null, sets });
  printTable(
    ['Data set', 'What it is', 'Here'],
    sets.map((set) => [set.name, set.title ?? '(not in the catalogue)', whetherHere(set)]),
  );
  if (!dir) printLine('Give --data DIR, or set FEDWARD_DATA, to see which are here.');
}

function whetherHere({ present, ready }: Pick<DataSetStatus, 'present' | 'ready'>): string {
  if (!present) return 'no';
  return ready === undefined ? 'yes' : ready ? 'yes, as published' : 'NOT AS PUBLISHED';
}
