import { join } from 'node:path';
import { parseWith, Random } from '@fedward/core';
import {
  EncodedTable,
  imputeTable,
  withoutScales,
  type RawRecord,
  type Table,
  type TableSchema,
} from '@fedward/kit-tables';
import * as z from 'zod';
import { readRecords } from '../csv/read.js';
import type { HospitalData } from '../dataset.js';
import { readPublished } from '../files.js';
import { fitImputationFederated } from '../impute/fit.js';
import { imputerOf } from '../impute/imputer.js';
import { imputationModelSchema, type ImputationModel } from '../impute/model.js';
import { imputationRecords } from '../impute/records.js';
import { sumsOfAll } from '../impute/sums.js';
import { medicalDatasets } from '../medical-datasets.js';
import { forTesting, partRows, seededKey } from '../partition/train-test.js';
import { declaredPreprocessing, type WithPreprocessing } from '../study/preprocessing.js';
import { standardize } from '../standardize.js';
import { heartDiseaseAllSchema } from './all-rows.js';
import { heartDiseaseHospitals } from './files.js';
import { markCholesterol } from './marked.js';
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
    rows: z.enum(['complete', 'all']).default('complete'),
    cholesterol: z.enum(['as-recorded', 'marked']).default('as-recorded'),
    imputation: imputationModelSchema.optional(),
  })
  .refine(({ standardization, standardize }) => standardize === 'numeric' || standardization !== 'public', {
    path: ['standardize'],
    error:
      "there are public constants for the numeric columns alone: 'all' goes with standardization 'site' or 'pooled'",
  })
  .refine(({ standardization, cholesterol }) => cholesterol === 'as-recorded' || standardization === 'public', {
    path: ['cholesterol'],
    error: "what is filled in is a public constant: 'marked' goes with standardization 'public'",
  })
  .refine(({ rows, cholesterol }) => rows === 'complete' || cholesterol === 'as-recorded', {
    path: ['cholesterol'],
    error: "rows 'all' mark what is missing themselves: 'marked' goes with rows 'complete'",
  })
  .refine(({ rows, imputation }) => rows === 'all' || imputation === undefined, {
    path: ['imputation'],
    error: "complete rows lack nothing: an imputation goes with rows 'all'",
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
  /**
   * `complete` (default): the 740 rows that lack nothing in ten columns. `all`: 920 rows of 13 columns, of which what is
   * missing is filled in (see `heartDiseaseAllSchema`); the 180 that FLamby leaves out are trained on. Statistics of
   * patients are then in each record: no price of a record or a patient covers that, and sites refuse it under one.
   */
  readonly rows?: 'complete' | 'all';
  /**
   * Of complete rows. `as-recorded` (default): a cholesterol of 0 is a number like any other, as FLamby has it, 13 features.
   * `marked`: it is no measurement (see `heartDiseaseMarkedSchema`), 14 features. With `rows: 'all'` it always is none.
   */
  readonly cholesterol?: 'as-recorded' | 'marked';
  /**
   * With `all`: by what is filled in. Default: learned from the sums of the four hospitals' training parts, as rounds of
   * sums would (see `fitImputationFederated`), here in one process.
   */
  readonly imputation?: ImputationModel;
}

/**
 * The UCI Heart Disease data set: 740 usable records of four hospitals, each a patient, 13 features, two classes; or with
 * `rows: 'all'` all 920, of 27 features. Switzerland's train part, in FLamby's split, is of one class alone.
 *
 * @param dataDir the folder of data sets; the files are in its folder `heart-disease`
 * @throws {FedwardError} CONFIG_INVALID naming the option; FILE_NOT_FOUND or FILE_INVALID; DIGEST_MISMATCH for a
 * file that is not, byte for byte, what was published. Nothing is returned unless all files are right.
 */
export async function loadHeartDisease(
  dataDir: string,
  options: HeartDiseaseOptions = {},
): Promise<readonly (HospitalData & WithPreprocessing)[]> {
  const {
    standardization,
    standardize: columns,
    ...checked
  } = parseWith(optionsSchema, options, 'the heart disease options');
  const declared = checked.rows === 'all' ? heartDiseaseAllSchema : heartDiseaseSchema;
  const tables = await readTables(dataDir, standardization === 'public' ? declared : withoutScales(declared), checked);
  const model = checked.rows === 'all' ? (checked.imputation ?? (await learnFrom(tables))) : undefined;
  const hospitals = tables.map((table) => prepared(table, model));
  if (standardization === 'none' || standardization === 'public') {
    const preprocessing = declaredPreprocessing(tables[0]!.records.schema, model);
    return hospitals.map((hospital) => ({ ...hospital, preprocessing }));
  }

  const [first, ...others] = hospitals.map(({ train }) => train);
  const pooled = standardization === 'pooled' ? first!.concat(...others) : undefined;
  return hospitals.map(({ train, test, ...hospital }) => {
    const standardizer = standardize(pooled ?? train, { columns });
    return { ...hospital, train: standardizer.apply(train), test: standardizer.apply(test) };
  });
}

/** One hospital's records, before anything is done to them. */
export interface HeartDiseaseRecords {
  readonly id: string;
  readonly name: string;
  /** All 920 rows have a place in the four tables; NaN where a row lacks a value. */
  readonly records: Table;
  /** Of each record whether it is tested on. */
  readonly testing: readonly boolean[];
}

/**
 * The same with `rows: 'all'`, before anything is filled in: for a federation that learns what is missing by rounds of
 * sums, and then loads by `imputation`.
 *
 * @throws {FedwardError} as `loadHeartDisease`
 */
export async function readHeartDisease(
  dataDir: string,
  options: Pick<HeartDiseaseOptions, 'split' | 'seed' | 'splitKey'> = {},
): Promise<readonly HeartDiseaseRecords[]> {
  const checked = parseWith(optionsSchema, { ...options, rows: 'all' }, 'the heart disease options');
  return readTables(dataDir, heartDiseaseAllSchema, checked);
}

async function readTables(
  dataDir: string,
  schema: TableSchema,
  {
    split,
    seed,
    splitKey,
    joining,
    rows: which,
    cholesterol,
  }: Omit<z.output<typeof optionsSchema>, 'standardization' | 'standardize'>,
): Promise<HeartDiseaseRecords[]> {
  const folder = join(dataDir, 'heart-disease');
  const files = await Promise.all(heartDiseaseHospitals.map(({ file }) => readPublished(folder, file)));
  const published =
    split === 'flamby' || (split === 'auto' && (await hasFlambySplit(folder)))
      ? await readFlambySplit(folder, heartDiseaseHospitals.length)
      : undefined;
  return Promise.all(
    heartDiseaseHospitals.map(async ({ id, name, file }, i) => {
      const path = join(folder, file.name);
      const read = await readRecords(() => once(files[i]!), path, name, schema, heartDiseaseCsv);
      const records = cholesterol === 'marked' ? markCholesterol(read.records) : read.records;
      records.join(joining?.get(id));
      const key = splitKey ?? seededKey(new Random(seed).fork('heart-disease', id));
      const testing = published
        ? testingOf(published[i]!, records.lines, which === 'all')
        : forTesting(new EncodedTable(records), { testFraction: 0.34, key });
      partRows(name, testing); // neither part is empty
      return { id, name, records, testing };
    }),
  );
}

/** What rounds of sums of the four training parts would learn. */
function learnFrom(tables: readonly HeartDiseaseRecords[]): Promise<ImputationModel> {
  const parts = tables.map(({ name, records, testing }) => imputationRecords(records, partRows(name, testing).train));
  return fitImputationFederated(tables[0]!.records.schema, async (options) => sumsOfAll(options, parts));
}

function prepared({ id, name, records, testing }: HeartDiseaseRecords, model?: ImputationModel): HospitalData {
  const { table, kept } = model
    ? imputeTable(records, imputerOf(model, records.schema))
    : { table: records, kept: undefined };
  const [train, test] = medicalDatasets(
    new EncodedTable(table),
    [{ name: `${name}, train` }, { name: `${name}, test` }],
    (record) => Number(testing[kept ? kept[record]! : record]),
  );
  return { id, name, rows: table.rows, train, test };
}
