import { eachRow } from '../records/csv-rows.js';

/**
 * Codes of UCUM by the ids of unit concepts, from the table CONCEPT.
 * @throws {FedwardError} as `eachRow`
 */
export async function unitCodes(file: string): Promise<Map<number, string>> {
  const codes = new Map<number, string>();
  const columns = ['CONCEPT_ID', 'VOCABULARY_ID', 'CONCEPT_CODE'];
  await eachRow(
    file,
    columns.map((name) => [name]),
    ({ cell }) => {
      if (cell('VOCABULARY_ID') === 'UCUM') codes.set(Number(cell('CONCEPT_ID')), cell('CONCEPT_CODE'));
    },
  );
  return codes;
}

/**
 * Adds to each set what is below its concepts, from the table CONCEPT_ANCESTOR, which is read once and not kept.
 * @throws {FedwardError} as `eachRow`
 */
export async function addDescendants(file: string, sets: readonly Set<number>[]): Promise<void> {
  const wanted = sets.map((set) => ({ set, ancestors: new Set(set) }));
  await eachRow(file, [['ANCESTOR_CONCEPT_ID'], ['DESCENDANT_CONCEPT_ID']], ({ cell }) => {
    const ancestor = Number(cell('ANCESTOR_CONCEPT_ID'));
    for (const { set, ancestors } of wanted)
      if (ancestors.has(ancestor)) set.add(Number(cell('DESCENDANT_CONCEPT_ID')));
  });
}
