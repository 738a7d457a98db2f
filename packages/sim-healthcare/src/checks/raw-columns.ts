import {
  ColumnScan,
  findingOfImages,
  type ColumnFacts,
  type ColumnRole,
  type IdentifierFinding,
  type RestrictedZipCodes,
} from '@fedward/compliance';
import { openSource, type SourceSpec } from '@fedward/data-medical';
import { canonicalText, columnsRead, isArray, type TableSchema } from '@fedward/kit-tables';

/** A table's columns as they lie in its files. */
export interface RawColumns {
  readonly rows: number;
  readonly columns: readonly ColumnFacts[];
}

/**
 * Looks at each cell of a table, those too that the schema does not read. Where a format has no columns of its own (FHIR, OMOP,
 * Synthea) they are those that the schema's mapping makes: what it leaves out is not looked at.
 * @param zipCodes three digits of which may not be told. Default: those of the census of 2000
 * @throws {FedwardError} as `openSource`
 */
export async function rawColumns(
  path: string,
  spec: SourceSpec,
  schema: TableSchema,
  zipCodes?: RestrictedZipCodes,
): Promise<RawColumns> {
  const source = await openSource(path, spec, columnsRead(schema));
  const scans = source.names.map((name) => new ColumnScan(name, zipCodes));
  const pictures = new Map<string, { shape: readonly number[]; cells: number }>();
  let rows = 0;
  try {
    for await (const some of source.rows)
      for (const { fields, arrays = {} } of some) {
        rows++;
        fields.forEach((cell, i) => scans[i]!.see(cell));
        for (const [name, { shape }] of Object.entries(arrays)) {
          const { cells } = pictures.get(name) ?? { cells: 0 };
          pictures.set(name, { shape, cells: cells + 1 });
        }
      }
  } finally {
    await source.close();
  }
  const roles = rolesOf(schema, source.names);
  const columns = scans.map((scan): ColumnFacts => {
    const { name } = scan;
    const seen = pictures.get(name);
    const declared = imageShapeOf(schema, name);
    const shape = declared ?? (seen && seen.shape.length === 3 ? seen.shape : undefined);
    const cells = Math.max(scan.cells, seen?.cells ?? 0);
    const picture = shape && findingOfImages(name, shape, cells);
    const findings: readonly IdentifierFinding[] = [...scan.findings(), ...(picture ? [picture] : [])];
    return { name, role: roles.get(canonicalText(name)) ?? 'unread', cells, findings };
  });
  // Such as what commas at the end of each line make.
  return { rows, columns: columns.filter(({ name, cells }) => name !== '' || cells > 0) };
}

function imageShapeOf({ columns }: TableSchema, name: string): readonly number[] | undefined {
  const column = columns.find((each) => canonicalText(each.name) === canonicalText(name));
  return column?.kind === 'image' ? column.shape : undefined;
}

/** What each column is to the study. One that is several things is the first of these. */
function rolesOf(schema: TableSchema, names: readonly string[]): ReadonlyMap<string, ColumnRole> {
  const { label, patientId, time, site, split, identifiers = [], subgroups = [] } = schema;
  const roles = new Map<string, ColumnRole>();
  const set = (role: ColumnRole, ...columns: readonly (string | undefined)[]): void => {
    for (const column of columns) {
      const name = column === undefined ? undefined : canonicalText(column);
      if (name !== undefined && !roles.has(name)) roles.set(name, role);
    }
  };
  set('feature', ...schema.columns.flatMap((column) => fromOf(column, names)));
  set('label', label.name, label.kind === 'time-to-event' ? label.event.column : undefined);
  set('patient-id', patientId);
  set('time', time?.column);
  set('site', site);
  set('split', split?.column);
  set('subgroup', ...subgroups.map(({ column }) => column));
  set('identifier', ...identifiers);
  return roles;
}

/** The columns of the source that a column of the schema is made of. */
function fromOf(column: TableSchema['columns'][number], names: readonly string[]): readonly string[] {
  if (!isArray(column) || column.from === undefined) return [column.name];
  if (!('first' in column.from)) return column.from;
  const canonical = names.map(canonicalText);
  const first = canonical.indexOf(canonicalText(column.from.first));
  const last = canonical.indexOf(canonicalText(column.from.last));
  return first < 0 || last < first ? [column.from.first, column.from.last] : names.slice(first, last + 1);
}
