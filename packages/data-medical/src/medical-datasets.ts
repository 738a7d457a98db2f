import { trainingData, type EncodedTable, type Part, type Scaler } from '@fedward/kit-tables';
import { MedicalDataset } from './dataset.js';

/**
 * The records of a table as one or several data sets, which know what their features and classes mean (see `trainingData`).
 * @throws {FedwardError} as `trainingData`
 */
export function medicalDatasets<const P extends readonly Part[]>(
  encoded: EncodedTable,
  parts: P,
  partOf: (record: number) => number,
  scaler?: Scaler,
): { readonly [K in keyof P]: MedicalDataset } {
  const { columns, label } = encoded.table.schema;
  const classes = label.kind === 'class' ? { classes: label.classes.map(({ name }) => name) } : {};
  const data = trainingData(encoded, parts, partOf, scaler).map(
    (part) => new MedicalDataset({ ...part, schema: columns, ...classes }),
  );
  return data as unknown as { readonly [K in keyof P]: MedicalDataset };
}
