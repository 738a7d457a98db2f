import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { EncodedTable, type Table } from '@fedward/kit-tables';
import { csvOptionsSchema } from '../csv/options.js';
import { openPlainCsv } from '../csv/table.js';
import { readPublished, type PublishedFile } from '../files.js';
import { once } from '../heart-disease/split.js';
import { forTesting } from '../partition/train-test.js';
import { tcgaRegions, tcgaSitesFile, tcgaSplitFile } from './files.js';

/** At which hospital a patient is, and whether to be tested on. */
export interface Place {
  /** Position in `tcgaRegions`. */
  readonly region: number;
  readonly testing: boolean;
}

/** [records] of the table; undefined: at none. */
export type Places = readonly (Place | undefined)[];

/** True where the file of FLamby's split is in the folder. */
export async function hasSplit(folder: string): Promise<boolean> {
  return access(join(folder, tcgaSplitFile.name)).then(
    () => true,
    () => false,
  );
}

/** FLamby's split. @throws {FedwardError} FILE_NOT_FOUND, FILE_INVALID or DIGEST_MISMATCH */
export async function publishedPlaces(folder: string, { patientIds }: Table): Promise<Places> {
  const places = new Map<string, Place>();
  for (const [pid, , fold] of await rowsOf(folder, tcgaSplitFile)) {
    const [part, region] = fold!.split('_'); // train_0 to test_5
    places.set(pid!, { region: Number(region), testing: part === 'test' });
  }
  return patientIds!.map((pid) => places.get(pid));
}

/**
 * A split of our own: regions are those of the patients' tissue source sites, which are in their ids (TCGA-A8-A08H is from
 * site A8), and each patient is tested on by a keyed hash of the id (see `splitTrainTest`). The regions are FLamby's.
 *
 * @throws {FedwardError} FILE_NOT_FOUND, FILE_INVALID or DIGEST_MISMATCH
 */
export async function keyedPlaces(
  folder: string,
  records: Table,
  rule: { readonly testFraction: number; readonly key: Uint8Array },
): Promise<Places> {
  const regions = new Map((await rowsOf(folder, tcgaSitesFile)).map(([site, , , , region]) => [site!, region!]));
  const testing = forTesting(new EncodedTable(records), rule);
  return records.patientIds!.map((pid, i) => {
    const region = tcgaRegions.findIndex((name) => name === regions.get(pid.split('-')[1]!));
    return region < 0 ? undefined : { region, testing: testing[i]! };
  });
}

async function rowsOf(folder: string, file: PublishedFile): Promise<(readonly string[])[]> {
  const bytes = await readPublished(folder, file);
  const { rows } = await openPlainCsv(once(bytes), file.name, csvOptionsSchema.parse({ delimiter: ',' }));
  const all: (readonly string[])[] = [];
  for await (const batch of rows) for (const { fields } of batch) all.push(fields as readonly string[]);
  return all;
}
