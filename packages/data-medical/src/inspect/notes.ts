import type { Level, TableSchema } from '@fedward/kit-tables';
import type { LeftOutColumn } from './propose.js';
import type { InspectedColumn } from './tally.js';
import type { Ids } from './tally-files.js';

/** Says that another column than the last is taken for the label: the last is what people mean, more often than not. */
export function labelNote(
  columns: readonly InspectedColumn[],
  label: string | undefined,
  proposed: TableSchema | undefined,
  leftOut: readonly LeftOutColumn[],
): string[] {
  const last = columns.findLast(({ name, kind }) => name !== '' && kind !== 'empty')?.name;
  if (label !== undefined || proposed === undefined || last === undefined || proposed.label.name === last) return [];
  const why = leftOut.find(({ column }) => column === last)?.why;
  return [
    `The label is a guess: "${last}" comes last${why === undefined ? '' : `, and ${why}`}. --label names another.`,
  ];
}

const inSmall = (level: Level): string => String(level).toLowerCase();

/** What to look at before the file is used, in sentences. */
export function notesOf(about: {
  readonly names: readonly string[];
  readonly ids: Ids | undefined;
  readonly blankRows: number;
  readonly totals: number | undefined;
  readonly commas: boolean;
  readonly columns: readonly InspectedColumn[];
}): string[] {
  const { names, ids, blankRows, totals, commas, columns } = about;
  const notes: string[] = [];
  if (blankRows > 0) notes.push(`${blankRows} rows hold nothing; they are left out.`);
  if (totals !== undefined)
    notes.push(`Line ${totals} is a row of totals and no patient: it is not counted here, and must be removed.`);
  if (commas) notes.push('Numbers have a decimal comma: the proposed schema says so.');
  if (ids?.twoSpellings)
    notes.push(
      `"${names[ids.position]}" has one number in two spellings, first on lines ${ids.twoSpellings.join(' and ')}: the ` +
        'file is refused until they are written alike.',
    );
  for (const { name, levels = [] } of columns) {
    const alike = levels.find((level, i) => levels.slice(0, i).some((other) => inSmall(other) === inSmall(level)));
    if (alike !== undefined)
      notes.push(
        `"${name}" has values that differ in capitals only (such as ${inSmall(alike)}): they are different levels until they are written alike.`,
      );
  }
  const withoutId = ids ? columns[ids.position]!.missing : 0;
  if (withoutId > 0) notes.push(`${withoutId} rows have no patient id: the file is refused until they have one.`);
  for (const { name, kind, levels = [], levelsNotShown = 0 } of columns)
    if (kind === 'binary' && levels.length + levelsNotShown === 1)
      notes.push(`"${name}" has only one of 0 and 1 in this file.`);
  return notes;
}
