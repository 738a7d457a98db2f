import type { IdentifierCategory, IdentifierFinding } from '../../identifiers/categories.js';
import { readRoles, type CheckFacts, type ColumnFacts, type Verdict } from '../facts.js';
import { counted, fail, listOf, needsAPerson, notApplicable, pass } from './verdict.js';

/** What a limited data set may keep (45 CFR 164.514(e)(2)): town, State and ZIP, dates, and codes that are none of its list. */
const keptInLimitedSets: Partial<Record<IdentifierCategory, readonly string[]>> = {
  B: ['named-zip', 'zip-codes', 'zip-in-text', 'zip-restricted', 'place-in-text'],
  C: ['named-date', 'named-birth-part', 'compact-dates', 'date', 'age-over-89', 'age-in-text'],
  R: ['named-person-key', 'unique-key', 'uuid', 'study-number'],
};

interface Found {
  readonly column: ColumnFacts;
  readonly finding: IdentifierFinding;
  readonly hospital: string;
}

/**
 * One of the identifiers of Safe Harbor. It fails where a column that is read holds it; what lies beside the study in the same
 * file is for a person, unless the schema declares that column as an identifier or as the patient id.
 */
export function identifiers(
  { tables, simulatedPatients, declarations }: CheckFacts,
  category: IdentifierCategory,
): Verdict {
  if (simulatedPatients) return notApplicable('Patients are made up by a program.');
  const { route, reference } = declarations.hipaa ?? { route: 'safe-harbor' };
  const otherWay = route !== 'safe-harbor' && route !== 'limited-data-set';
  if (otherWay) return otherRoute(route, reference);
  if (tables.length === 0) return needsAPerson('No table could be looked at.');
  const all = tables.flatMap(({ hospital, columns }) =>
    columns.flatMap((column) =>
      column.findings
        .filter((finding) => finding.category === category)
        .map((finding): Found => ({ column, finding, hospital })),
    ),
  );
  const kept = route === 'limited-data-set' ? (keptInLimitedSets[category] ?? []) : [];
  const found = all.filter(({ finding }) => !kept.includes(finding.detector));
  const keptHere =
    found.length < all.length
      ? [`A limited data set may keep: ${columnsOf(all.filter((one) => !found.includes(one)))}.`]
      : [];
  const read = found.filter(({ column }) => readRoles.includes(column.role));
  const certain = read.filter(({ finding }) => finding.certain);
  if (certain.length > 0) return fail(`Columns that are read: ${columnsOf(certain)}.`, ...keptHere);
  if (read.length > 0) return needsAPerson(`To be looked at: ${columnsOf(read)}.`, ...keptHere);
  const declared = found.filter(({ column }) => isDeclared(column, category));
  const beside = found.filter((one) => !declared.includes(one));
  if (beside.length > 0)
    return needsAPerson(
      `In the file, and read by nothing: ${columnsOf(beside)}. Take them out of the file, or declare them as identifiers in the schema.`,
      ...keptHere,
    );
  const looked = `${counted(
    tables.reduce((sum, { columns }) => sum + columns.length, 0),
    'column',
  )} at ${counted(tables.length, 'hospital')}`;
  return pass(
    `None found among ${looked}.`,
    ...(declared.length > 0 ? [`Declared, and kept out of the model: ${columnsOf(declared)}.`] : []),
    ...keptHere,
  );
}

function otherRoute(route: string, reference: string | undefined): Verdict {
  const way = `The study declares another way than Safe Harbor: ${route}`;
  return reference === undefined
    ? needsAPerson(`${way}, without the paper that says so.`)
    : notApplicable(`${way} (${reference}).`);
}

/** A patient id is a number or a code: a name or a social security number in its place is not what was declared. */
function isDeclared({ role }: ColumnFacts, category: IdentifierCategory): boolean {
  return role === 'identifier' || (role === 'patient-id' && (category === 'R' || category === 'H'));
}

/** Columns with how many cells and why; one that several hospitals have is told once. */
function columnsOf(found: readonly Found[]): string {
  const byColumn = new Map<string, Found[]>();
  for (const one of found) {
    const key = `${one.column.name}: ${one.finding.pattern}`;
    byColumn.set(key, [...(byColumn.get(key) ?? []), one]);
  }
  return listOf(
    [...byColumn].map(([key, same]) => {
      const cells = same.reduce((sum, { finding }) => sum + finding.cells, 0);
      const of = same.reduce((sum, { finding }) => sum + finding.of, 0);
      const where = same.length > 1 ? ` at ${same.length} hospitals` : '';
      return `"${key}" (${cells} of ${of} cells${where})`;
    }),
  );
}

/** A limited data set has an agreement with whoever receives it (45 CFR 164.514(e)(4)). */
export function limitedDataSet({ declarations }: CheckFacts): Verdict {
  const { hipaa } = declarations;
  if (hipaa === undefined) return needsAPerson('Nothing is declared of the way that the data take.');
  if (hipaa.route !== 'limited-data-set') return notApplicable(`The study declares another way: ${hipaa.route}.`);
  return hipaa.reference === undefined
    ? needsAPerson('A limited data set is declared, and no data use agreement.')
    : pass(`A limited data set is declared, under the agreement ${hipaa.reference}.`);
}

/** Columns that lie in a hospital's files and that the plan does not read. */
export function onlyWhatIsNeeded({ tables, declarations, simulatedPatients }: CheckFacts): Verdict {
  if (simulatedPatients) return notApplicable('Patients are made up by a program.');
  if (tables.length === 0) return needsAPerson('No table could be looked at.');
  const columns = tables.flatMap(({ columns }) => columns);
  const names = (role: (column: ColumnFacts) => boolean): string[] => [
    ...new Set(columns.filter(role).map(({ name }) => name)),
  ];
  const read = names(({ role }) => readRoles.includes(role));
  const unread = names(({ role }) => role === 'unread').filter((name) => !read.includes(name));
  const evidence = [
    `The plan reads ${counted(read.length, 'column')}: ${listOf(read)}.`,
    ...(unread.length > 0 ? [`In the files, and read by nothing: ${listOf(unread)}.`] : []),
  ];
  const why = declarations.hipaa?.minimumNecessary ?? declarations.purpose;
  if (why === undefined) return needsAPerson(...evidence, 'Nothing is declared of why they are needed.');
  return unread.length > 0 ? needsAPerson(...evidence) : pass(...evidence, `Declared: ${why}`);
}
