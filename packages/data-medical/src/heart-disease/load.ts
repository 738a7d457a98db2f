import { join } from 'node:path';
import { parseWith, Random } from '@fedward/core';
import * as z from 'zod';
import { encodeCsv } from '../csv/read.js';
import type { HospitalData } from '../dataset.js';
import { readPublished } from '../files.js';
import { splitTrainTest } from '../partition/train-test.js';
import { standardize } from '../standardize.js';
import { heartDiseaseHospitals } from './files.js';
import { publicStandardization } from './public-standardization.js';
import { heartDiseaseCsv, heartDiseaseSchema } from './schema.js';
import { hasFlambySplit, once, readFlambySplit, rowsOf } from './split.js';

const optionsSchema = z
  .strictObject({
    standardization: z.enum(['public', 'site', 'pooled', 'none']).default('public'),
    standardize: z.enum(['numeric', 'all']).default('numeric'),
    split: z.enum(['auto', 'flamby', 'seeded']).default('auto'),
    seed: z.union([z.int(), z.string()]).default(0),
  })
  .refine(({ standardization, standardize }) => standardize === 'numeric' || standardization !== 'public', {
    path: ['standardize'],
    error:
      "there are public constants for the numeric columns alone: 'all' goes with standardization 'site' or 'pooled'",
  });

export interface HeartDiseaseOptions {
  /**
   * By what each hospital's features are standardised: `public` (default), constants that every physician knows (see
   * `publicStandardization`); `site`, its own train part; `pooled`, all hospitals' together; or `none`. Statistics of
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
   * `flamby`: the published split, 199/104, 172/89, 30/16 and 85/45 records for training and testing. `seeded`: a
   * split of the same sizes or nearly, with classes in the same shares in both parts, drawn from `seed`. `auto`
   * (default): the published one where its file is there.
   */
  readonly split?: 'auto' | 'flamby' | 'seeded';
  /** Default 0. */
  readonly seed?: number | string;
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
  } = parseWith(optionsSchema, options, 'the heart disease options');
  const folder = join(dataDir, 'heart-disease');
  const files = await Promise.all(heartDiseaseHospitals.map(({ file }) => readPublished(folder, file)));
  const published =
    split === 'flamby' || (split === 'auto' && (await hasFlambySplit(folder)))
      ? await readFlambySplit(folder, heartDiseaseHospitals.length)
      : undefined;

  const hospitals = await Promise.all(
    heartDiseaseHospitals.map(async ({ id, name, file }, i): Promise<HospitalData> => {
      const { dataset, lines, rows } = await encodeCsv(
        once(files[i]!),
        join(folder, file.name),
        name,
        heartDiseaseSchema,
        heartDiseaseCsv,
      );
      if (!published) {
        const random = new Random(seed).fork('heart-disease', id);
        return { id, name, rows, ...splitTrainTest(dataset, { testFraction: 0.34, random }) };
      }
      const { train, test } = rowsOf(published[i]!, lines);
      return {
        id,
        name,
        rows,
        train: dataset.subset(train, `${name}, train`),
        test: dataset.subset(test, `${name}, test`),
      };
    }),
  );
  if (standardization === 'none') return hospitals;
  if (standardization === 'public')
    return hospitals.map(({ train, test, ...hospital }) => {
      const { apply } = publicStandardization(train.featureNames);
      return { ...hospital, train: apply(train), test: apply(test) };
    });

  const [first, ...others] = hospitals.map(({ train }) => train);
  const pooled = standardization === 'pooled' ? first!.concat(...others) : undefined;
  return hospitals.map(({ train, test, ...hospital }) => {
    const standardizer = standardize(pooled ?? train, { columns });
    return { ...hospital, train: standardizer.apply(train), test: standardizer.apply(test) };
  });
}
