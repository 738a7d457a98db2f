export type { CanaryGuesses } from './canary-guesses.js';
export { canaryPValue, epsilonLowerBound } from './epsilon-lower-bound.js';
export { gaussianLowerBound, type GaussianLowerBound } from './trade-off.js';
export { epsilonLowerBoundOfScores, type EpsilonLowerBound } from './scores.js';
