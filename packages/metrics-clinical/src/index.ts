export { concordanceIndex } from './concordance.js';
export { accuracy, auroc } from './discrimination.js';
export { classificationMetrics, modelMetrics, regressionMetrics, survivalMetrics } from './evaluate.js';
export { meanLoss } from './loss.js';
export { logOdds, predictedClasses, sigmoid, softmax } from './outputs.js';
export type {
  BaselineHazard,
  ConfusionMatrix,
  Curves,
  Evaluation,
  EvaluationOptions,
  Figure,
  Figures,
  IntervalMethod,
  NetBenefitPoint,
  Predictions,
  PredictionTask,
  RecordGroups,
  ReliabilityBin,
  RocPoint,
  SubgroupEvaluation,
} from './evaluation/evaluation.js';
export { evaluate } from './evaluation/evaluate.js';
export { evaluateSubgroups } from './evaluation/subgroups.js';
export { compareModels } from './evaluation/compare.js';
export { breslowBaseline, cumulativeHazardAt, survivalProbabilities } from './survival/baseline.js';
export { aurocAt, brierLosses, integrated, meanAuroc, type WithInfluences } from './survival/at-times.js';
export { harrellC, unoC, type Concordance, type UnoOptions } from './survival/c-index.js';
export { observedOverExpected, survivalCalibration } from './survival/calibration.js';
export { survivalFigures } from './survival/figures.js';
export {
  censoringOf,
  kaplanMeier,
  survivalAt,
  survivalErrorAt,
  survivalIntervalAt,
  survivalQuantile,
  type KaplanMeier,
} from './survival/kaplan-meier.js';
export { valueFigures } from './regression/figures.js';
export { mergedEvaluation, type MergedEvaluation, type MergeOptions } from './merge/merged.js';
export type { MergedFigure } from './merge/bounded.js';
export { countsOf, suppressSmallCells, type GroupCounts, type ScoreCounts } from './merge/counts.js';
export {
  evaluationCountsName,
  evaluationCountsOptions,
  type EvaluationCountsInput,
  type EvaluationCountsOptions,
} from './merge/options.js';
export { evaluationCounts, evaluationCountsPlan, sumOfCounts } from './merge/query.js';
export { scoredRecords, type ScoredRecords } from './merge/records.js';
export { plugins } from './plugins.js';
export { chooseThreshold, type ThresholdRule } from './evaluation/threshold.js';
