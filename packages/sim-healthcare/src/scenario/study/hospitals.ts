import { stat } from 'node:fs/promises';
import { FedwardError, isFedwardError, Random } from '@fedward/core';
import {
  hospitalForms,
  partitionForms,
  partitionTable,
  prepareHospitals,
  readStudy,
  sidesOf,
  withPartition,
  type DatasetSheet,
  type PartitionSpec,
  type PreparedHospital,
  type SplitRule,
  type StudySchema,
  type Table,
  type UnpreparedHospital,
} from '@fedward/data-medical';
import { droppedOf, imputationOf } from '@fedward/kit-tables';
import { rowsText } from '../../report/rows-text.js';
import { withoutHospitals } from '../left-out.js';
import type { LoadOptions } from '../scenario.js';
import { splitKeyOf } from '../split-key.js';
import { listStudyFolder } from './folder.js';

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

/** Default of `testFraction`. */
export const usualTestFraction = 0.34;

/** A hospital's data before they are prepared, and what there is to know of them. */
export interface ReadHospital extends UnpreparedHospital {
  readonly sheet: DatasetSheet;
  /** Of its own; undefined where it is a part of a table. */
  readonly path?: string;
}

/** A hospital as a fold parts its records; undefined where none of them takes part. */
export type InFold = (hospital: ReadHospital) => ReadHospital | undefined;

/** Hospitals that are ready, with what is to be said of them. */
export interface Loaded {
  readonly hospitals: readonly (PreparedHospital & Pick<ReadHospital, 'sheet' | 'path'>)[];
  readonly notices: readonly string[];
  readonly released: readonly string[];
}

/** The hospitals of a study, each by itself or as parts of one table; and what was told of them before training. */
export async function readHospitals(
  study: Study,
  options: LoadOptions,
  inFold: InFold = (hospital) => hospital,
): Promise<Loaded> {
  const partition = options.partition ?? study.partition;
  return partition ? parted(study, partition, options, inFold) : each(study, options, inFold);
}

/** Each hospital's own file or folder. */
async function each(study: Study, options: LoadOptions, inFold: InFold): Promise<Loaded> {
  const { path } = study;
  const { only } = options;
  if (only === undefined && (await isFile(path)))
    throw new FedwardError(
      'CONFIG_INVALID',
      `--data: ${path} is a file, which is one hospital's: name the folder that hospitals' files are in, or say how the table ` +
        `is parted, --partition ${partitionForms.join(' or ')}`,
      '--data',
    );
  const { hospitals: found, notices } =
    only === undefined
      ? await listStudyFolder(path, study.study.source)
      : { hospitals: [{ id: only, file: path }], notices: [] };
  const places = withoutHospitals(found, options);
  const reading = { leaveOut: leaveOutOf(study, options) };
  const read = async ({ id, file }: (typeof places)[number]): Promise<readonly ReadHospital[]> => {
    const { records, sheet } = await readStudy(file, study.study, reading);
    records.join(options.joining?.get(id));
    const hospital = inFold({ id, records, split: ruleOf(study, options)(id), sheet, path: file });
    return hospital ? [hospital] : [];
  };
  const { about, schema } = study.study;
  if (about.standardization === 'federation' || imputationOf(schema).fitted === 'federation') {
    const all: ReadHospital[] = [];
    for (const place of places) all.push(...(await read(place)));
    return { ...(await prepared(all, study)), notices };
  }
  // One after the other, so that no two are in memory as they were read.
  const hospitals: Loaded['hospitals'][number][] = [];
  for (const place of places)
    for (const hospital of await read(place)) hospitals.push(...(await prepared([hospital], study)).hospitals);
  return { hospitals, notices, released: [] };
}

/** One table, parted among hospitals as though each had brought its own. */
async function parted(study: Study, partition: PartitionSpec, options: LoadOptions, inFold: InFold): Promise<Loaded> {
  const { path } = study;
  const schema = withPartition(study.study.schema, partition);
  const source = await oneTable(study);
  const { records, sheet } = await readStudy(
    path,
    { ...study.study, schema, source },
    { leaveOut: leaveOutOf(study, options) },
  );
  const rule = ruleOf(study, options);
  const before = records.rows;
  const random = new Random(options.seed).fork('partition');
  const tables = partitionTable(records, sidesOf(records, rule('')), partition, random);
  const hospitals = withoutHospitals(tables, options).flatMap(({ id, table }): readonly ReadHospital[] => {
    table.join(options.joining?.get(id));
    const hospital = inFold({ id, records: table, split: rule(id), sheet: { ...sheet, ...ownRows(table) } });
    return hospital ? [hospital] : [];
  });
  const notices = [
    `${path} was parted among ${hospitals.length} hospitals of a simulation (${partition.by}).`,
    ...(droppedOf(before) > 0 ? [`Of the table, before it was parted: ${rowsText(before)}.`] : []),
  ];
  return { ...(await prepared(hospitals, study)), notices };
}

/** Who opted out, by the ids of the study. @throws {FedwardError} CONFIG_INCOMPATIBLE for a study without patient ids */
function leaveOutOf({ study, file }: Study, { optOuts }: LoadOptions) {
  if (!optOuts) return undefined;
  const { patientId } = study.schema;
  if (patientId !== undefined) return optOuts.of(patientId);
  throw new FedwardError(
    'CONFIG_INCOMPATIBLE',
    `--opt-outs: ${file} names no column of patient ids ("patientId"), so that nobody can be found`,
    '--opt-outs',
  );
}

/** Where a folder has several files that are one table; of formats that are folders the folder is read as it is. */
async function oneTable({ path, study: { source } }: Study): Promise<StudySchema['source']> {
  if (source.files || hospitalForms(source).folders || (await isFile(path))) return source;
  const { hospitals } = await listStudyFolder(path, source).catch((error: unknown) => {
    if (isFedwardError(error) && error.subject === 'hospitals') return { hospitals: [] };
    throw error;
  });
  const inFolder = hospitals.map(({ file }) => ({ file: file.slice(path.length).replace(/^[\\/]+/, '') }));
  return inFolder.length > 0 && !(await isFolder(hospitals[0]!.file)) ? { ...source, files: inFolder } : source;
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

/** Each patient's side at a hospital; where one table is parted, all go by one key. */
export function ruleOf(
  { partition, testFraction = usualTestFraction }: Study,
  options: LoadOptions,
): (id: string) => SplitRule {
  const one = (options.partition ?? partition) !== undefined;
  return (id) => ({ testFraction, key: splitKeyOf(options, one ? '' : id) });
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
