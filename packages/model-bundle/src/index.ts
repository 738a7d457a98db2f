export { decodeBundle, encodeBundle, type ModelBundle } from './bundle.js';
export {
  coefficients,
  coefficientsCsv,
  type Coefficients,
  type CoefficientTerm,
} from './coefficients/coefficients.js';
export { featureNamesOf, keptFeatures } from './features.js';
export { labelOf } from './label.js';
export { manifestSchema, parseManifest, preprocessingFor, type BundleManifest } from './manifest.js';
export { readBundle, type ReadBundle } from './read/read-bundle.js';
export { answersOf, classesOf, thresholdOf, type Answers } from './predict/answers.js';
export { preprocessingOf, type FileOwner } from './predict/preprocessing-of.js';
export { predictRows, type PredictedRows, type PredictRequest, type Unscored } from './predict/predict-rows.js';
export { addRows, countsJson, noCounts, type ScoredCounts, type UnscoredRows } from './predict/scored-counts.js';
export { predictionsCsv, type CsvOutOptions } from './predict/to-csv.js';
export { predictFile, type FilePredictions } from './evaluate/predictions.js';
export { parseGroupBy, type GroupBy } from './evaluate/groups.js';
export { warningsOfFile, type FileWarning } from './evaluate/warnings.js';
