export { openArff, type ArffOptions } from './arff/open.js';
export { dataSets, type CatalogueEntry } from './catalogue/entries.js';
export { listDataSets, type DataSetStatus, type FileState } from './catalogue/list.js';
export { inspectCsv, inspectData, type DataInspection } from './inspect/inspect.js';
export type { InspectDataOptions, InspectOptionsInput } from './inspect/options.js';
export type { LeftOutColumn } from './inspect/propose.js';
export type { InspectedArray, InspectedColumn } from './inspect/tally.js';
export { openCsvSource } from './csv/open.js';
export { readCsvDataset, readCsvRecords, type CsvDataset, type CsvRecords } from './csv/read.js';
export { csvOptionsSchema, type CsvOptionsInput } from './csv/options.js';
export { createMedicalDataset, type HospitalData, type MedicalDataset, type MedicalDatasetInput } from './dataset.js';
export type { DicomKeyword } from './dicom/dictionary.js';
export { readDicom, type DicomImage, type DicomOptions } from './dicom/read-dicom.js';
export { readDicomTags, type DicomValue } from './dicom/read-tags.js';
export { readDicomWaveforms, type DicomWaveform } from './dicom/read-waveforms.js';
export { windowed, type Window } from './dicom/window.js';
export type { DatasetSummary, Spread } from './describe.js';
export type { PublishedFile } from './files.js';
export { openImageFolder, type ImageFolderOptions } from './files-in-cells/image-folder.js';
export { imageReaders, type CellFile, type CellFileReader, type CellFileReaders } from './files-in-cells/readers.js';
export { resized } from './files-in-cells/resized.js';
export { withFiles, type FilesOptions, type SourceWithFiles } from './files-in-cells/with-files.js';
export { joinSource, type JoinOptions } from './join/join.js';
export { stackSources, type StackOptions } from './join/stack.js';
export { crossValidated, type TrainAndPredict } from './label-noise/cross-validated.js';
export {
  estimateLabelNoise,
  type LabelNoise,
  type LabelNoiseOptions,
  type SuspiciousLabel,
} from './label-noise/estimate.js';
export type { FileSource } from './images/file-bytes.js';
export { readJpeg } from './images/jpeg.js';
export type { Picture } from './images/picture.js';
export { readPng } from './images/png/read-png.js';
export { heartDiseaseAllSchema } from './heart-disease/all-rows.js';
export {
  loadHeartDisease,
  readHeartDisease,
  type HeartDiseaseOptions,
  type HeartDiseaseRecords,
} from './heart-disease/load.js';
export { heartDiseaseCsv, heartDiseaseMarkedSchema, heartDiseaseSchema } from './heart-disease/schema.js';
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
export { imputationPlan, imputationSums, imputationSumsName, sumOfAnswers } from './impute/query.js';
export { imputationSumsOptions, type ImputationSumsOptions } from './impute/question.js';
export { declaresImputation, imputationRecords, type ImputationRecords } from './impute/records.js';
export { plugins } from './plugins.js';
export {
  loadParkinsons,
  readParkinsons,
  type ParkinsonsOptions,
  type ParkinsonsReadOptions,
} from './parkinsons/load.js';
export { parkinsonsSchema, type ParkinsonsTarget } from './parkinsons/schema.js';
export { hospitalForms } from './source/formats.js';
export { openSource } from './source/open.js';
export { openRows, type OpenedRows } from './source/rows.js';
export { sheetDigest, shownCounts, type DatasetSheet, type SheetFile, type ShownCounts } from './source/sheet.js';
export { sourceSchema, type SourceInput, type SourceSpec } from './source/spec.js';
export { fitPreprocessing } from './study/fit-preprocessing.js';
export { prepareHospitals, type Prepared, type PreparedHospital, type UnpreparedHospital } from './study/prepare.js';
export { assertJudgeable, declaredEvaluationSchema, type DeclaredEvaluation } from './study/evaluation.js';
export {
  declaredPreprocessing,
  parsePreprocessing,
  preprocessed,
  preprocessingSchema,
  type Preprocessing,
  type WithPreprocessing,
} from './study/preprocessing.js';
export { rowPreparer, type RowPreparer } from './study/row-preparer.js';
export { readStudy, type ReadStudyOptions, type StudyRecords } from './study/read.js';
export { parseStudySchema, readStudySchema, type StudySchema, type StudySchemaInput } from './study/schema-file.js';
export { openNpy, openNpz } from './npz/open.js';
export { npzOptionsSchema, type NpzOptionsInput } from './npz/parts.js';
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
export { openParquet } from './parquet/open.js';
export type { PartitionOptions } from './partition/hospitals.js';
export { partitionDirichlet, partitionIid, partitionQuantitySkew, type SkewOptions } from './partition/partition.js';
export { parsePartition, partitionForms, partitionSchema, type PartitionSpec } from './partition/spec.js';
export { partitionTable, withPartition, type PartitionedTable } from './partition/tables.js';
export { rowSides } from './partition/row-sides.js';
export { foldsOf, type FoldRule } from './partition/folds.js';
export { contentOf, type Identified } from './partition/keyed.js';
export { seededKey, splitTrainTest, type Sides, type SplitRule } from './partition/train-test.js';
export { medicalDatasets } from './medical-datasets.js';
export { isTrainedOn, prepareRecords, sidesOf, type Parts, type Preparation } from './prepare-records.js';
export {
  tutorialHospital,
  tutorialHospitals,
  tutorialTest,
  type TutorialHospitals,
  type TutorialOptions,
} from './simulated/tutorial.js';
export { loadTcgaBrca, type TcgaBrca, type TcgaBrcaOptions } from './tcga-brca/load.js';
export { tcgaBrcaCsv, tcgaBrcaSchema } from './tcga-brca/schema.js';
export { createStandardizer, standardize, type Standardization, type Standardizer } from './standardize.js';
export { readWfdbAnnotations, type WfdbAnnotation, type WfdbAnnotations } from './wfdb/annotations.js';
export type { AnnotationDefinition } from './wfdb/annotation-notes.js';
export { wfdbArray, type WfdbArrayOptions } from './wfdb/array.js';
export { readWfdbHeader } from './wfdb/header.js';
export type { WfdbHeader, WfdbSegment, WfdbSignalHeader } from './wfdb/header-types.js';
export { readWfdbRecord } from './wfdb/record.js';
export type { WfdbReadOptions } from './wfdb/read-options.js';
export type { WfdbRecord, WfdbSignal } from './wfdb/record-types.js';
export { openWfdbWindows, type WfdbWindowOptions } from './wfdb/windows.js';
// What these take and give; all else about tables is in the kit.
export type {
  RawRecord,
  RecordGroups,
  RowCounts,
  Table,
  TableSchema,
  TableSchemaInput,
  TableSource,
} from '@fedward/kit-tables';
