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
