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
export { loadHeartDisease, type HeartDiseaseOptions } from './heart-disease/load.js';
export { heartDiseaseSchema } from './heart-disease/schema.js';
export {
  loadParkinsons,
  readParkinsons,
  type ParkinsonsOptions,
  type ParkinsonsReadOptions,
} from './parkinsons/load.js';
export { parkinsonsSchema, type ParkinsonsTarget } from './parkinsons/schema.js';
export { openFhir } from './fhir/open.js';
export { fhirMappingSchema, type FhirMappingInput } from './fhir/mapping.js';
export { openOmop } from './omop/open.js';
export { omopMappingSchema, type OmopMappingInput } from './omop/mapping.js';
export { openSyntheaCsv } from './synthea/open.js';
export { syntheaMappingSchema, type SyntheaMappingInput } from './synthea/mapping.js';
export type { RecordSource } from './records/source.js';
export type { Counted } from './records/tally.js';
export { converter, type Analyte, type Convert } from './units/converter.js';
export { analytes } from './units/analytes.js';
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
