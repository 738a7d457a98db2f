import { join } from 'node:path';
import { parseWith, Random } from '@fedward/core';
import { EncodedTable, withoutScales, type RawRecord } from '@fedward/kit-tables';
import * as z from 'zod';
import { readRecords } from '../csv/read.js';
import type { HospitalData } from '../dataset.js';
import { readPublished } from '../files.js';
import { medicalDatasets } from '../medical-datasets.js';
import { forTesting, partRows, seededKey } from '../partition/train-test.js';
import { standardize } from '../standardize.js';
import { heartDiseaseHospitals } from './files.js';
import { heartDiseaseCsv, heartDiseaseSchema } from './schema.js';
import { hasFlambySplit, once, readFlambySplit, testingOf } from './split.js';

const optionsSchema = z
  .strictObject({
    standardization: z.enum(['public', 'site', 'pooled', 'none']).default('public'),
    standardize: z.enum(['numeric', 'all']).default('numeric'),
    split: z.enum(['auto', 'flamby', 'seeded']).default('auto'),
    seed: z.union([z.int(), z.string()]).default(0),
    splitKey: z.instanceof(Uint8Array).optional(),
    joining: z.custom<Joining>((map) => map instanceof Map).optional(),
  })
  .refine(({ standardization, standardize }) => standardize === 'numeric' || standardization !== 'public', {
    path: ['standardize'],
    error:
      "there are public constants for the numeric columns alone: 'all' goes with standardization 'site' or 'pooled'",
  });

type Joining = ReadonlyMap<string, readonly RawRecord[]>;

/** Of `loadHeartDisease`. */
export interface HeartDiseaseOptions {
  /**
   * By what each hospital's features are standardised: `public` (default), constants that every physician knows (see
   * `heartDiseaseSchema`); `site`, its own train part; `pooled`, all hospitals' together; or `none`. Statistics of
   * patients are a release, which the price of a private training does not cover: for that only `public` and `none`
   * will do. FLamby's figures for one hospital are on `site`, those for its pooled test set, and its pooled training,
   * are on `pooled`.
   */
  readonly standardization?: 'public' | 'site' | 'pooled' | 'none';
  /**
   * What `site` and `pooled` standardise. `numeric` (default): age, pressure, cholesterol, heart rate, ST depression; what is 0 or 1 stays so, and means
   * the same at each hospital. `all`: the coded features too, as FLamby does, which takes from them how common they
   * are at each hospital: the best logistic regression then reaches 0.75 on the hospitals' test parts together,
   * instead of 0.80.
   */
  readonly standardize?: 'numeric' | 'all';
  /**
   * `flamby`: the published split, 199/104, 172/89, 30/16 and 85/45 records for training and testing. `seeded`: each
   * record is for testing with probability 0.34, by itself alone (see `splitTrainTest`). `auto` (default): the
   * published one where its file is there.
   */
  readonly split?: 'auto' | 'flamby' | 'seeded';
  /** From which the key of the seeded split comes. Default 0. */
  readonly seed?: number | string;
  /** The key of the seeded split, where it is a secret. */
  readonly splitKey?: Uint8Array;
  /** Records that come in beside those of the files, by hospital: for training where the split is the published one. */
  readonly joining?: Joining;
}

/**
 * The UCI Heart Disease data set: 740 usable records of four hospitals, each a patient, 13 features, two classes.
 * Switzerland's train part, in FLamby's split, is of one class alone.
 *
 * @param dataDir the folder of data sets; the files are in its folder `heart-disease`
 * @throws {FedwardError} CONFIG_INVALID naming the option; FILE_NOT_FOUND or FILE_INVALID; DIGEST_MISMATCH for a
 * file that is not, byte for byte, what was published. Nothing is returned unless all files are right.
 */
export async function loadHeartDisease(
  dataDir: string,
  options: HeartDiseaseOptions = {},
): Promise<readonly HospitalData[]> {
  const {
    standardization,
    standardize: columns,
    split,
    seed,
    splitKey,
    joining,
  } = parseWith(optionsSchema, options, 'the heart disease options');
  const folder = join(dataDir, 'heart-disease');
  const files = await Promise.all(heartDiseaseHospitals.map(({ file }) => readPublished(folder, file)));
  const published =
    split === 'flamby' || (split === 'auto' && (await hasFlambySplit(folder)))
      ? await readFlambySplit(folder, heartDiseaseHospitals.length)
      : undefined;

  const schema = standardization === 'public' ? heartDiseaseSchema : withoutScales(heartDiseaseSchema);
  const hospitals = await Promise.all(
    heartDiseaseHospitals.map(async ({ id, name, file }, i): Promise<HospitalData> => {
      const { records, rows } = await readRecords(
        () => once(files[i]!),
        join(folder, file.name),
        name,
        schema,
        heartDiseaseCsv,
      );
      records.join(joining?.get(id));
      const encoded = new EncodedTable(records);
      const key = splitKey ?? seededKey(new Random(seed).fork('heart-disease', id));
      const testing = published
        ? testingOf(published[i]!, records.lines)
        : forTesting(encoded, { testFraction: 0.34, key });
      partRows(name, testing); // neither part is empty
      const [train, test] = medicalDatasets(
        encoded,
        [{ name: `${name}, train` }, { name: `${name}, test` }],
        (record) => Number(testing[record]),
      );
      return { id, name, rows, train, test };
    }),
  );
  if (standardization === 'none' || standardization === 'public') return hospitals;

  const [first, ...others] = hospitals.map(({ train }) => train);
  const pooled = standardization === 'pooled' ? first!.concat(...others) : undefined;
  return hospitals.map(({ train, test, ...hospital }) => {
    const standardizer = standardize(pooled ?? train, { columns });
    return { ...hospital, train: standardizer.apply(train), test: standardizer.apply(test) };
  });
}
