import { digestJson, FedwardError, isFedwardError, Random, sha256, type Json, type PrivacyUnit } from '@fedward/core';
import {
  hospitalForms,
  isTrainedOn,
  partitionForms,
  partitionTable,
  prepareHospitals,
  readStudy,
  sidesOf,
  withPartition,
  type DatasetSheet,
  type MedicalDataset,
  type PartitionSpec,
  type PreparedHospital,
  type SplitRule,
  type StudySchema,
  type Table,
  type TableSchema,
  type UnpreparedHospital,
} from '@fedward/data-medical';
import { declaredScalings, droppedOf, imputationOf, undeclaredColumns } from '@fedward/kit-tables';
import { stat } from 'node:fs/promises';
import { rowsText } from '../../report/rows-text.js';
import { assertScales } from '../assert-scales.js';
import { populationOf } from '../population.js';
import type { Hospital, Intake, LoadOptions, Population } from '../scenario.js';
import { noticesOfIds } from '../shared-patients.js';
import { splitKeyOf } from '../split-key.js';
import { digestOfHospital } from './digest.js';
import { listStudyFolder } from './folder.js';
import { screened } from './screening.js';

/** A study, and where its data are. */
export interface Study {
  readonly study: StudySchema;
  /** What its schema is called in messages. */
  readonly file: string;
  /** A folder with a file or folder a hospital; or, with a partition, one table. */
  readonly path: string;
  /** How one table is parted among hospitals; options may say another. */
  readonly partition?: PartitionSpec;
  /** Probability that a patient is tested on, where the data bring no split. */
  readonly testFraction?: number;
}

const usualTestFraction = 0.34;

/** A hospital's data before they are prepared, and what there is to know of them. */
interface ReadHospital extends UnpreparedHospital {
  readonly sheet: DatasetSheet;
  /** Of its own; undefined where it is a part of a table. */
  readonly path?: string;
}

/**
 * The hospitals of a study.
 * @throws {FedwardError} as `readStudy`, `partitionTable`, `prepareHospitals`; CONFIG_INCOMPATIBLE where a column's scale
 *   has to be declared (see `assertScales`)
 */
export async function loadStudy(study: Study, options: LoadOptions): Promise<Population> {
  const { priced } = options;
  const partition = options.partition ?? study.partition;
  const { schema, about, written } = study.study;
  assertScales(schema, priced, study.file);
  const loaded = await (partition ? parted(study, partition, options) : each(study, options));
  const { hospitals, notices, released } = withScreening(loaded, study, priced);
  const standardization = about.standardization ?? 'site';
  const { test, hospitals: all } = withPooledTest(hospitals);
  const inputs = {
    schema: digestJson(written),
    split: splitOf(study, options, partition),
    preprocessing: { scale: 'schema', byOwnMeanAndDeviation: undeclaredColumns(schema), standardization } as Json,
    hospitals: await Promise.all(hospitals.map(digestOfHospital)),
  };
  const rule = ruleOf(study, options);
  const intake: Intake = {
    scalings: declaredScalings(schema),
    isTrainedOn: (id, record) => isTrainedOn(record, schema, { split: rule(id) }),
    join: (joining) => loadStudy(study, { ...options, joining }),
  };
  return populationOf(all, {
    test,
    inputShape: test.featureShape,
    classes: test.classes?.length ?? 1,
    label: schema.label.kind,
    inputs,
    intake,
    ...(priced !== undefined && priced !== 'hospital' && { assumptions: assumptionsOf(schema, priced, partition) }),
    notices: [
      ...notices,
      ...copies(inputs.hospitals),
      ...noticesOfIds(all),
      ...released.map((what) => `Each hospital told the others before the first round: ${what}.`),
    ],
  });
}

/** Keeps the features that a screening chooses, where the study has one. */
function withScreening(loaded: Loaded, { study }: Study, priced: PrivacyUnit | undefined): Loaded {
  const { screening } = study.about;
  if (!screening) return loaded;
  const { hospitals, features, released } = screened(loaded.hospitals, screening.keep, priced);
  const chosen = [...features];
  return {
    ...loaded,
    hospitals: hospitals.map((hospital) => ({
      ...hospital,
      preprocessing: { ...hospital.preprocessing, features: chosen },
    })),
    released: [...loaded.released, released],
  };
}

interface Loaded {
  readonly hospitals: readonly (PreparedHospital & Pick<ReadHospital, 'sheet' | 'path'>)[];
  readonly notices: readonly string[];
  readonly released: readonly string[];
}

/** Each hospital's own file or folder. */
async function each(study: Study, options: LoadOptions): Promise<Loaded> {
  const { path } = study;
  if (await isFile(path))
    throw new FedwardError(
      'CONFIG_INVALID',
      `--data: ${path} is a file, which is one hospital's: name the folder that hospitals' files are in, or say how the table ` +
        `is parted, --partition ${partitionForms.join(' or ')}`,
      '--data',
    );
  const { hospitals: places, notices } = await listStudyFolder(path, study.study.source);
  const read = async ({ id, file }: (typeof places)[number]): Promise<ReadHospital> => {
    const { records, sheet } = await readStudy(file, study.study);
    records.join(options.joining?.get(id));
    return { id, records, split: ruleOf(study, options)(id), sheet, path: file };
  };
  const { about, schema } = study.study;
  if (about.standardization === 'federation' || imputationOf(schema).fitted === 'federation') {
    const all: ReadHospital[] = [];
    for (const place of places) all.push(await read(place));
    return { ...(await prepared(all, study)), notices };
  }
  // One after the other, so that no two are in memory as they were read.
  const hospitals: Loaded['hospitals'][number][] = [];
  for (const place of places) hospitals.push(...(await prepared([await read(place)], study)).hospitals);
  return { hospitals, notices, released: [] };
}

/** One table, parted among hospitals as though each had brought its own. */
async function parted(study: Study, partition: PartitionSpec, options: LoadOptions): Promise<Loaded> {
  const { path } = study;
  const schema = withPartition(study.study.schema, partition);
  const source = await oneTable(study);
  const { records, sheet } = await readStudy(path, { ...study.study, schema, source });
  const rule = ruleOf(study, options);
  const before = records.rows;
  const random = new Random(options.seed).fork('partition');
  const tables = partitionTable(records, sidesOf(records, rule('')), partition, random);
  const hospitals = tables.map(({ id, table }): ReadHospital => {
    table.join(options.joining?.get(id));
    return { id, records: table, split: rule(id), sheet: { ...sheet, ...ownRows(table) } };
  });
  const notices = [
    `${path} was parted among ${hospitals.length} hospitals of a simulation (${partition.by}).`,
    ...(droppedOf(before) > 0 ? [`Of the table, before it was parted: ${rowsText(before)}.`] : []),
  ];
  return { ...(await prepared(hospitals, study)), notices };
}

/** Where a folder has several files that are one table; one of a format that is a folder is a table itself. */
async function oneTable({ path, study: { source } }: Study): Promise<StudySchema['source']> {
  if (source.files || (await isFile(path)) || hospitalForms(source).folders) return source;
  const { hospitals } = await listStudyFolder(path, source).catch((error: unknown) => {
    if (isFedwardError(error) && error.subject === 'hospitals') return { hospitals: [] };
    throw error;
  });
  const inFolder = hospitals.map(({ file }) => ({ file: file.slice(path.length).replace(/^[\\/]+/, '') }));
  return inFolder.length > 0 ? { ...source, files: inFolder } : source;
}

function ownRows(table: Table): Pick<DatasetSheet, 'rows' | 'missing'> {
  return {
    rows: table.rows,
    missing: table.schema.columns.flatMap(({ name }, i) => {
      const rows = table.missingRows[i]!;
      return rows > 0 ? [{ column: name, rows }] : [];
    }),
  };
}

async function prepared(hospitals: readonly ReadHospital[], { study }: Study): Promise<Omit<Loaded, 'notices'>> {
  const byId = new Map(hospitals.map((hospital) => [hospital.id, hospital]));
  try {
    const { hospitals: ready, released } = await prepareHospitals(hospitals, study.about.standardization ?? 'site');
    return {
      hospitals: ready.map((hospital) => {
        const { sheet, path } = byId.get(hospital.id)!;
        const rows = hospital.rows ?? sheet.rows;
        return { ...hospital, rows, sheet: { ...sheet, rows }, ...(path !== undefined && { path }) };
      }),
      released,
    };
  } catch (cause) {
    const [only] = hospitals;
    if (hospitals.length !== 1 || !isFedwardError(cause) || cause.code !== 'CONFIG_INCOMPATIBLE') throw cause;
    const { rows } = only!.sheet;
    if (droppedOf(rows) === 0) throw cause;
    // Too few patients for two parts: most often since their rows lack a value.
    throw new FedwardError(cause.code, `${cause.message}. Of this file: ${rowsText(rows)}`, cause.subject, { cause });
  }
}

/** A schema is written by people who have the data before them: that they did not look is theirs to say. */
function assumptionsOf({ split }: TableSchema, unit: PrivacyUnit, partition: PartitionSpec | undefined): string[] {
  return [
    'ranges, scales, levels and classes in the schema were declared without a look at these data',
    ...(split
      ? [
          `column ${split.column} parts each ${unit} by itself: a split that has a say in numbers or shares of classes ` +
            `hangs on every ${unit}, and nothing pays for it`,
        ]
      : []),
    ...(partition && partition.by !== 'column'
      ? [
          `the hospitals' records are those that the simulation gave them: one ${unit} more in the table would have moved ` +
            'others from hospital to hospital',
        ]
      : []),
  ];
}

/** Files with the same rows, such as a copy that was left in the folder: each of their patients is there twice. */
function copies(hospitals: NonNullable<Population['inputs']>['hospitals']): string[] {
  return hospitals.flatMap(({ id, data }, i) => {
    const first = hospitals.findIndex((other) => other.data === data);
    return first < i ? [`${hospitals[first]!.id} and ${id} have the same rows: is one a copy of the other?`] : [];
  });
}

/** How patients are parted, as the run's inputs have it. Of a secret the digest: another secret is another split. */
function splitOf(
  { study, testFraction = usualTestFraction }: Study,
  { splitSecret, seed }: LoadOptions,
  partition?: PartitionSpec,
): Json {
  const { split } = study.schema;
  const hospitals = partition && { partition: { ...partition, seed } };
  if (split) return { by: 'column', column: split.column, test: split.test, ...hospitals };
  return { by: 'patient', testFraction, ...(splitSecret && { secret: `sha256:${sha256(splitSecret)}` }), ...hospitals };
}

/** Each patient's side at a hospital; where one table is parted, all go by one key. */
function ruleOf(
  { partition, testFraction = usualTestFraction }: Study,
  options: LoadOptions,
): (id: string) => SplitRule {
  const one = (options.partition ?? partition) !== undefined;
  return (id) => ({ testFraction, key: splitKeyOf(options, one ? '' : id) });
}

/** The test parts in one, and the hospitals with their places in it: none of it is in memory twice. */
function withPooledTest(read: Loaded['hospitals']): { test: MedicalDataset; hospitals: Hospital[] } {
  const [first, ...others] = read.map(({ test }) => test);
  const pooled = first!.concat(...others);
  let end = 0;
  const hospitals = read.map(({ id, train, test, rows, sheet, preprocessing }) => {
    const start = end;
    end += test.count;
    const own = pooled.slice(start, end, test.name);
    return { id, train, test: own, ...(rows && { rows }), sheet, preprocessing };
  });
  return { test: pooled, hospitals };
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}
