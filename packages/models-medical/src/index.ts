export { initialParameters } from './initialize.js';
export { mlp, type MlpOptions } from './mlp.js';
export { models, type ModelFactory, type ModelOptions } from './registry.js';
export { logisticRegression, tutorialMlp, type LogisticRegressionOptions, type TutorialMlpOptions } from './tabular.js';
