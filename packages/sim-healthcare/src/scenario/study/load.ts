import { digestJson, FedwardError, sha256, type Json, type PrivacyUnit } from '@fedward/core';
import { isTrainedOn, type MedicalDataset, type PartitionSpec, type TableSchema } from '@fedward/data-medical';
import { declaredScalings, undeclaredColumns } from '@fedward/kit-tables';
import { assertScales } from '../assert-scales.js';
import { populationOf } from '../population.js';
import { told, withGroups } from '../told.js';
import type { Hospital, Intake, LoadOptions, Population } from '../scenario.js';
import { noticesOfIds } from '../shared-patients.js';
import { digestOfHospital } from './digest.js';
import { readHospitals, ruleOf, usualTestFraction, type Loaded, type Study } from './hospitals.js';
import { screened } from './screening.js';

/**
 * The hospitals of a study.
 * @throws {FedwardError} as `readStudy`, `partitionTable`, `prepareHospitals`; CONFIG_INCOMPATIBLE where a column's scale
 *   has to be declared (see `assertScales`), or hospitals would tell each other under a price what nothing pays for
 */
export async function loadStudy(study: Study, options: LoadOptions): Promise<Population> {
  const { priced } = options;
  const partition = options.partition ?? study.partition;
  const { schema, about, written } = study.study;
  assertScales(schema, priced, study.file, about.standardization);
  const loaded = await readHospitals(study, options);
  const { hospitals, notices, released } = withScreening(loaded, study, priced);
  assertPaidFor(released, priced, study.file);
  if (options.only !== undefined) assertOfItsOwn(released, study.file);
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
  return populationOf(withGroups(all), {
    test,
    inputShape: test.featureShape,
    classes: test.classes?.length ?? 1,
    label: schema.label.kind,
    ...told(schema, test, study.study.source),
    ...(about.evaluation && { evaluation: about.evaluation }),
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

/** What hospitals told each other before the first round is outside of every epsilon, that of a hospital too. */
function assertPaidFor(released: readonly string[], priced: PrivacyUnit | undefined, file: string): void {
  if (priced === undefined || released.length === 0) return;
  throw new FedwardError(
    'CONFIG_INCOMPATIBLE',
    `${file}: each hospital would tell the others before the first round: ${released.join('; ')}. No epsilon pays for that: ` +
      'declare it in the schema (a "range" or a "scale" for each column of numbers), or have each hospital learn its own ' +
      '("standardization": "site", "imputation": { "fitted": "site" })',
    'schema',
  );
}

/** A hospital by itself knows nothing of the others' means or medians, and its own are not those. */
function assertOfItsOwn(released: readonly string[], file: string): void {
  if (released.length === 0) return;
  throw new FedwardError(
    'CONFIG_INCOMPATIBLE',
    `${file}: this hospital would have to know of the others before the first round: ${released.join('; ')}. Across ` +
      'hospitals nothing tells it: declare it in the schema (a "range" or a "scale" for each column of numbers), or have each ' +
      'learn its own ("standardization": "site", "imputation": { "fitted": "site" })',
    'schema',
  );
}

/** Keeps the features that a screening chooses, where the study has one. */
export function withScreening(loaded: Loaded, { study }: Study, priced: PrivacyUnit | undefined): Loaded {
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
