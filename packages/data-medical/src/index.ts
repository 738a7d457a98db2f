export { dataSets, type CatalogueEntry } from './catalogue/entries.js';
export { listDataSets, type DataSetStatus, type FileState } from './catalogue/list.js';
export { inspectCsv, type CsvInspection, type InspectOptionsInput } from './csv/inspect.js';
export type { LeftOutColumn } from './csv/propose.js';
export type { InspectedColumn } from './csv/tally.js';
export { readCsvDataset, readCsvRecords, type CsvDataset, type CsvRecords } from './csv/read.js';
export { readCsvSchema, type CsvSchemaFile } from './csv/schema-file.js';
export { csvOptionsSchema, type CsvOptionsInput } from './csv/options.js';
export { createMedicalDataset, type HospitalData, type MedicalDataset, type MedicalDatasetInput } from './dataset.js';
export type { DatasetSummary, Spread } from './describe.js';
export type { PublishedFile } from './files.js';
export { heartDiseaseAllSchema } from './heart-disease/all-rows.js';
export {
  loadHeartDisease,
  readHeartDisease,
  type HeartDiseaseOptions,
  type HeartDiseaseRecords,
} from './heart-disease/load.js';
export { heartDiseaseSchema } from './heart-disease/schema.js';
export { imputedColumns, type ImputedColumn } from './impute/columns.js';
export {
  fitImputation,
  fitImputationFederated,
  fitRecords,
  fittedImputer,
  type FederatedFitOptions,
} from './impute/fit.js';
export { imputerOf, learnedImputer } from './impute/imputer.js';
export { missingnessOf, withoutSmallCounts, type ColumnMissingness, type Missingness } from './impute/missingness.js';
export { imputationModelSchema, parseImputationModel, type ImputationModel } from './impute/model.js';
export { imputationPlan, imputationSums, imputationSumsName, plugins, sumOfAnswers } from './impute/query.js';
export { imputationSumsOptions, type ImputationSumsOptions } from './impute/question.js';
export { declaresImputation, imputationRecords, type ImputationRecords } from './impute/records.js';
export {
  loadParkinsons,
  readParkinsons,
  type ParkinsonsOptions,
  type ParkinsonsReadOptions,
} from './parkinsons/load.js';
export { parkinsonsSchema, type ParkinsonsTarget } from './parkinsons/schema.js';
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
export type { RawRecord, RowCounts, Table, TableSchema, TableSchemaInput } from '@fedward/kit-tables';
