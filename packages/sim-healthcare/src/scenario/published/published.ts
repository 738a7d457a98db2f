import { join } from 'node:path';
import { FedwardError } from '@fedward/core';
import { parseStudySchema, type PartitionSpec, type StudySchemaInput } from '@fedward/data-medical';
import type { Study } from '../study/hospitals.js';
import { loadStudy } from '../study/load.js';
import { rawOfStudy } from '../study/raw.js';
import { studyFold } from '../study/study-fold.js';
import type { LoadOptions, Scenario } from '../scenario.js';

/** A published data set as a study: read by its schema, as a caller's own data are. */
export interface PublishedStudy extends Pick<Scenario, 'name' | 'description' | 'defaults'> {
  /** The folder of the data set, and in it the file, where it is one. */
  readonly data: readonly [folder: string, file?: string];
  readonly schema: StudySchemaInput;
  /** One hospital's data are parted among hospitals of a simulation. */
  readonly partition: PartitionSpec;
  readonly testFraction?: number;
}

/** The scenario of a published data set: without code of its own, but for the settings that suit it. */
export function publishedStudy({ data, schema, partition, testFraction, ...about }: PublishedStudy): Scenario {
  const study = parseStudySchema(schema, `the schema of ${about.name}`);
  return {
    ...about,
    needsData: true,
    takesPartition: true,
    leavesOut: true,
    takesOptOuts: true,
    privacy: null,
    load: async (options) => loadStudy(studyIn(options), options),
    fold: async (options, fold) => studyFold(studyIn(options), options, fold),
    raw: async (options) => rawOfStudy(studyIn(options)),
  };

  function studyIn({ dataDir }: LoadOptions): Study {
    if (!dataDir)
      throw new FedwardError('FILE_NOT_FOUND', `${about.name} needs --data DIR (or FEDWARD_DATA)`, '--data');
    const [folder, file] = data;
    const path = join(dataDir, folder, file ?? '');
    const how = { partition, ...(testFraction !== undefined && { testFraction }) };
    return { study, file: `the schema of ${about.name}`, path, ...how };
  }
}
