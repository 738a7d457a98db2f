import { join } from 'node:path';
import { parseWith, Random } from '@fedward/core';
import { allUsed, EncodedTable, withoutScales } from '@fedward/kit-tables';
import * as z from 'zod';
import { readRecords } from '../csv/read.js';
import type { HospitalData } from '../dataset.js';
import { readPublished } from '../files.js';
import { once } from '../heart-disease/split.js';
import { medicalDatasets } from '../medical-datasets.js';
import { partRows, seededKey } from '../partition/train-test.js';
import { declaredPreprocessing, type WithPreprocessing } from '../study/preprocessing.js';
import { tcgaBrcaFile, tcgaRegions } from './files.js';
import { hasSplit, keyedPlaces, publishedPlaces } from './places.js';
import { tcgaBrcaCsv, tcgaBrcaSchema } from './schema.js';

const optionsSchema = z.strictObject({
  scale: z.enum(['constants', 'none']).default('constants'),
  split: z.enum(['auto', 'flamby', 'seeded']).default('auto'),
  seed: z.union([z.int(), z.string()]).default(0),
  splitKey: z.instanceof(Uint8Array).optional(),
});

/** Of `loadTcgaBrca`. */
export interface TcgaBrcaOptions {
  /** `constants` (default): the age by public constants; `none`: in years, as FLamby trains on it. */
  readonly scale?: 'constants' | 'none';
  /**
   * `flamby`: the published split, 248/63, 156/40, 164/42, 129/33, 129/33 and 40/11 patients for training and testing.
   * `seeded`: each patient is for testing with probability 0.2, by the id alone (see `splitTrainTest`). `auto` (default):
   * the published one where its file is there.
   */
  readonly split?: 'auto' | 'flamby' | 'seeded';
  /** From which the key of the seeded split comes. Default 0. */
  readonly seed?: number | string;
  /** The key of the seeded split, where it is a secret. */
  readonly splitKey?: Uint8Array;
}

/** What `loadTcgaBrca` gives. */
export interface TcgaBrca {
  /** `region-0` to `region-5`: Northeast, South, West and Midwest of the USA, Europe, Canada. */
  readonly hospitals: readonly (HospitalData & WithPreprocessing)[];
  /** Rows of the file whose patients are at none of them. */
  readonly unused: number;
}

/**
 * TCGA-BRCA: survival of 1,088 patients with breast cancer in six regions, 39 features; 151 of them died while they were
 * followed. Labels are days, negative for the censored. The file has eight more patients, from sites in Brazil, Nigeria and
 * Pakistan, whom FLamby leaves out and who are at no hospital here.
 *
 * @param dataDir the folder of data sets; the files are in its folder `tcga-brca`
 * @throws {FedwardError} CONFIG_INVALID naming the option; FILE_NOT_FOUND or FILE_INVALID; DIGEST_MISMATCH for a file
 * that is not, byte for byte, what was published
 */
export async function loadTcgaBrca(dataDir: string, options: TcgaBrcaOptions = {}): Promise<TcgaBrca> {
  const { scale, split, seed, splitKey } = parseWith(optionsSchema, options, 'the TCGA-BRCA options');
  const folder = join(dataDir, 'tcga-brca');
  const bytes = await readPublished(folder, tcgaBrcaFile);
  const schema = scale === 'constants' ? tcgaBrcaSchema : withoutScales(tcgaBrcaSchema);
  const path = join(folder, tcgaBrcaFile.name);
  const { records } = await readRecords(() => once(bytes), path, 'TCGA-BRCA', schema, tcgaBrcaCsv);
  const published = split === 'flamby' || (split === 'auto' && (await hasSplit(folder)));
  const key = splitKey ?? seededKey(new Random(seed).fork('tcga-brca'));
  const places = published
    ? await publishedPlaces(folder, records)
    : await keyedPlaces(folder, records, { testFraction: 0.2, key });

  const preprocessing = declaredPreprocessing(schema);
  const parts = tcgaRegions.flatMap((name) => [{ name: `${name}, train` }, { name: `${name}, test` }]);
  const data = medicalDatasets(new EncodedTable(records), [...parts, { name: 'at no hospital' }], (row) => {
    const place = places[row];
    return place ? 2 * place.region + Number(place.testing) : parts.length;
  });
  const hospitals = tcgaRegions.map((name, region) => {
    const own = places.flatMap((place) => (place?.region === region ? [place.testing] : []));
    partRows(name, own); // neither part is empty
    const [train, test] = [data[2 * region]!, data[2 * region + 1]!];
    return { id: `region-${region}`, name, rows: allUsed(own.length), train, test, preprocessing };
  });
  return { hospitals, unused: data.at(-1)!.count };
}
