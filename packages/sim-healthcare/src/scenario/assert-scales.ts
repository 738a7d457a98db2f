import { FedwardError, type PrivacyUnit } from '@fedward/core';
import { undeclaredColumns, type TableSchema } from '@fedward/kit-tables';
import { catalogue } from '../plugins/catalogue.js';

/**
 * Numbers have to be scaled. By a hospital's own mean and deviation one patient moves the features of all others, which
 * clipping that patient's gradient does not bound: an epsilon of a record or a patient would be untrue. That of a
 * hospital covers all that its data do.
 *
 * @param priced what an epsilon will speak of; undefined: there is none
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming each column, with how to declare its scale
 */
export function assertScales(
  schema: TableSchema,
  priced: PrivacyUnit | undefined,
  file: string,
  standardization: 'site' | 'federation' = 'site',
): void {
  if (priced === undefined || priced === 'hospital') return;
  const columns = undeclaredColumns(schema);
  if (columns.length === 0) return;
  throw new FedwardError(
    'CONFIG_INCOMPATIBLE',
    `${file}: ${howToDeclare(columns, priced, standardization)}`,
    columns[0]!,
  );
}

function howToDeclare(columns: readonly string[], unit: string, standardization: 'site' | 'federation'): string {
  const names = columns.map((name) => JSON.stringify(name));
  const [example] = names;
  return [
    `the numbers of ${columns.length === 1 ? `column ${example}` : `columns ${names.join(', ')}`} would be scaled by ` +
      `${standardization === 'site' ? "each hospital's own mean and deviation" : 'mean and deviation of all training parts together ("standardization": "federation")'}. These tell of every ${unit}, and the epsilon of a ${unit} does not pay ` +
      'for them. Declare for each what is known of it without a look at these data: the lowest and the highest value ' +
      'that you believe (others are cut to them):',
    `{ "name": ${example}, "kind": "numeric", "range": [LOWEST, HIGHEST] },`,
    'or a usual value and a usual distance from it:',
    `{ "name": ${example}, "kind": "numeric", "scale": { "center": USUAL, "spread": DISTANCE } }.`,
    `Or protect whole hospitals (--privacy ${ofHospitals().join(' or ')})${standardization === 'site' ? '' : ', with "standardization": "site"'}: their epsilon covers all that a hospital computes.`,
  ].join(' ');
}

/** Mechanisms that protect all that a hospital holds, by name. */
function ofHospitals(): string[] {
  const plugins = catalogue.flatMap((entry) => entry.plugins);
  return plugins.filter(({ draft }) => draft?.unit === 'hospital').map(({ name }) => name);
}
