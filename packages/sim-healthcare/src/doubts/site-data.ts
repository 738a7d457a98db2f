import { FedwardError } from '@fedward/core';
import {
  declaresImputation,
  fitImputation,
  imputerOf,
  medicalDatasets,
  readStudy,
  type MedicalDataset,
  type StudySchema,
} from '@fedward/data-medical';
import { EncodedTable, fitScaler, imputeTable } from '@fedward/kit-tables';

/** One site's records, ready to train on, each with its place in the source. */
export interface SiteData {
  readonly data: MedicalDataset;
  /** [records] lines of the source from 1 on, on which each record begins. */
  readonly lines: readonly number[];
}

/**
 * Reads one site's data as a schema says and prepares all of them together: missing values and scales are learned of all
 * rows, by features alone. No label has a say in it, so that a model which is judged on labels learns nothing of them here.
 *
 * @throws {FedwardError} as `readStudy`; CONFIG_INCOMPATIBLE for a label that has no classes
 */
export async function readSiteData(file: string, study: StudySchema): Promise<SiteData> {
  const { label } = study.schema;
  if (label.kind !== 'class')
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      `the label "${label.name}" has no classes (kind: ${label.kind}): a label is doubted by its class`,
      label.name,
    );
  const { records } = await readStudy(file, study);
  const all = (count: number): number[] => Array.from({ length: count }, (_, row) => row);
  const { schema } = records;
  const table = declaresImputation({ schema })
    ? imputeTable(records, imputerOf(fitImputation(records, all(records.count)), schema)).table
    : records;
  const lines = [...table.lines];
  const encoded = new EncodedTable(table);
  const scaler = fitScaler(encoded, all(encoded.count), 'the records of this site');
  const [data] = medicalDatasets(encoded, [{ name: records.name }], () => 0, scaler);
  return { data, lines };
}
