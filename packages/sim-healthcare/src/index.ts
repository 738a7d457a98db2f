export { simulate, resumeSimulation, type SimulationHooks } from './run/simulate.js';
export { fileCheckpointStore } from './run/checkpoint-file.js';
export { verifyRun } from './run/verify-run.js';
export type { CheckedFile, RunFault, RunState, RunVerification } from './run/verify-run.js';
export { limits } from './run/limits.js';
export { buildPlan } from './run/build-plan.js';
export type { SimulateOptions } from './run/options.js';
export type { HospitalResult, SimulationResult } from './run/result.js';
export { findScenario, scenarios } from './scenario/index.js';
export { privacyNames } from './scenario/scenario.js';
export type {
  Hospital,
  LoadOptions,
  Population,
  PrivacyName,
  Scenario,
  ScenarioDefaults,
} from './scenario/scenario.js';
export { pluginRegistry, trainerRegistry } from './wiring/plugins.js';
export type { TrainerFactory } from './wiring/trainers.js';
export type { Execution } from './run/prepare.js';
