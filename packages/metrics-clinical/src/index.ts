export { concordanceIndex } from './concordance.js';
export { accuracy, auroc } from './discrimination.js';
export { classificationMetrics, modelMetrics, regressionMetrics, survivalMetrics } from './evaluate.js';
export { meanLoss } from './loss.js';
export { logOdds, predictedClasses, sigmoid, softmax } from './outputs.js';
