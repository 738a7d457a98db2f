import type { Table } from '@fedward/kit-tables';

/**
 * Says of each column in how many rows a number was beyond what it allows, what became of these, and the lines of the
 * first, so that somebody can look at them: a unit that is another, a slip of the pen. No number is told.
 */
export function outsideRemarks(name: string, { schema, outsideRows }: Pick<Table, 'schema' | 'outsideRows'>): string[] {
  return outsideRows.map(({ column, rows, lines }) => {
    const found = schema.columns.find((one) => one.name === column);
    const { allowed, outside } = found as { readonly allowed: readonly [number, number]; readonly outside: string };
    const done = outside === 'cut' ? 'cut to it' : 'taken for missing';
    const places = `${rows === 1 ? 'line' : 'lines'} ${lines.join(', ')}`;
    const more = rows > lines.length ? ` and ${rows - lines.length} more` : '';
    return `${name}, column "${column}": not within ${allowed[0]} to ${allowed[1]} in ${rows} ${rows === 1 ? 'row' : 'rows'}, ${done} (${places}${more})`;
  });
}
