export { openArff, type ArffOptions } from './arff/open.js';
export { dataSets, type CatalogueEntry } from './catalogue/entries.js';
export { listDataSets, type DataSetStatus, type FileState } from './catalogue/list.js';
export { inspectCsv, type CsvInspection, type InspectOptionsInput } from './csv/inspect.js';
export { openCsvSource } from './csv/open.js';
export type { LeftOutColumn } from './csv/propose.js';
export type { InspectedColumn } from './csv/tally.js';
export { readCsvDataset, readCsvRecords, type CsvDataset, type CsvRecords } from './csv/read.js';
export { readCsvSchema, type CsvSchemaFile } from './csv/schema-file.js';
export { csvOptionsSchema, type CsvOptionsInput } from './csv/options.js';
export { createMedicalDataset, type HospitalData, type MedicalDataset, type MedicalDatasetInput } from './dataset.js';
export type { DatasetSummary, Spread } from './describe.js';
export type { PublishedFile } from './files.js';
export { loadHeartDisease, type HeartDiseaseOptions } from './heart-disease/load.js';
export { heartDiseaseSchema } from './heart-disease/schema.js';
export { joinSource, type JoinOptions } from './join/join.js';
export { stackSources, type StackOptions } from './join/stack.js';
export {
  loadParkinsons,
  readParkinsons,
  type ParkinsonsOptions,
  type ParkinsonsReadOptions,
} from './parkinsons/load.js';
export { parkinsonsSchema, type ParkinsonsTarget } from './parkinsons/schema.js';
export { openNpy, openNpz } from './npz/open.js';
export { npzOptionsSchema, type NpzOptionsInput } from './npz/parts.js';
export { openParquet } from './parquet/open.js';
export type { PartitionOptions } from './partition/hospitals.js';
export { partitionDirichlet, partitionIid, partitionQuantitySkew, type SkewOptions } from './partition/partition.js';
export { seededKey, splitTrainTest, type SplitRule } from './partition/train-test.js';
export { medicalDatasets } from './medical-datasets.js';
export { isTrainedOn, prepareRecords, type Parts, type Preparation } from './prepare-records.js';
export {
  tutorialHospital,
  tutorialHospitals,
  tutorialTest,
  type TutorialHospitals,
  type TutorialOptions,
} from './simulated/tutorial.js';
export { createStandardizer, standardize, type Standardization, type Standardizer } from './standardize.js';
// What these take and give; all else about tables is in the kit.
export type { RawRecord, RowCounts, Table, TableSchema, TableSchemaInput, TableSource } from '@fedward/kit-tables';
