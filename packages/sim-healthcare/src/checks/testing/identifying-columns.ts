import type { IdentifierCategory } from '@fedward/compliance';
import { sourceSchema, type SourceInput } from '@fedward/data-medical';
import { tableSchema } from '@fedward/kit-tables';
import { rawColumns } from '../raw-columns.js';

/** What is found in a file of which nothing is declared: the letters of each column that has any, and how many columns there are. */
export async function identifyingColumns(
  path: string,
  source: SourceInput = {},
): Promise<{ found: Readonly<Record<string, readonly IdentifierCategory[]>>; columns: number }> {
  // Of columns that no file has.
  const nothing = tableSchema.parse({
    columns: [{ name: ' ', kind: 'numeric' }],
    label: { name: '  ', kind: 'value' },
  });
  const { columns } = await rawColumns(path, sourceSchema.parse(source), nothing);
  const found = columns.flatMap(({ name, findings }) =>
    findings.length > 0 ? [[name, findings.map(({ category }) => category)] as const] : [],
  );
  return { found: Object.fromEntries(found), columns: columns.length };
}
