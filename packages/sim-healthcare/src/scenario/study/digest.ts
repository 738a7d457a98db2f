import { sheetDigest, type DatasetSheet, type MedicalDataset } from '@fedward/data-medical';
import { digestOfRecords, digestTable } from '../data-digest.js';

/** A hospital whose data were read. */
interface Digestible {
  readonly id: string;
  readonly train: MedicalDataset;
  readonly test: MedicalDataset;
  readonly sheet: DatasetSheet;
  /** Of its own file, where it has one. */
  readonly path?: string;
}

/**
 * What a run's inputs say of a hospital's data: `data` whatever the files are called and in whatever order they have their
 * rows, `file` byte by byte, `sheet` all that there was to know of them.
 */
export async function digestOfHospital({ id, train, test, sheet, path }: Digestible) {
  const common = { id, sheet: sheetDigest(sheet) };
  if (path !== undefined && /\.[ct]sv$/i.test(path)) return { ...common, ...(await digestTable(path)) };
  const [file] = sheet.files;
  return {
    ...common,
    data: digestOfRecords(train, test),
    ...(sheet.files.length === 1 && { file: `sha256:${file!.sha256}` }),
  };
}
