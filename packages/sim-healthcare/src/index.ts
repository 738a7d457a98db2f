export { simulate, resumeSimulation } from './run/simulate.js';
export type { SimulationHooks } from './run/carry-out.js';
export { assertApproved } from './policy/approved.js';
export { proposeRun, type ProposedRun } from './policy/propose.js';
export { fileCheckpointStore } from './run/checkpoint-file.js';
export { misnamedIn } from './run/verify-certificates.js';
export { verifyRun } from './run/verify-run.js';
export type { CheckedFile, RunState, RunVerification, RunVerifyOptions } from './run/verify-run.js';
export type { RunFault } from './run/run-fault.js';
export type { HospitalLog } from './run/verify-logs.js';

export {
  findLabelDoubts,
  type DoubtedRecord,
  type LabelDoubts,
  type LabelDoubtsOptions,
} from './doubts/label-doubts.js';
export { reachOfRun, type PlanReach } from './reach/plan-reach.js';
export type { HospitalReach } from './reach/reach.js';
export { buildPlan } from './run/build-plan.js';
export type { Execution, SimulateOptions } from './run/options.js';
export { deployOf, type AgainstGlobal, type Deploy } from './run/deploy.js';
export type { HospitalLabelNoise, HospitalResult, SimulationResult } from './run/result.js';
export { validate } from './validate/validate.js';
export { parseValidation, validationForms, type ValidationMethod } from './validate/method.js';
export type { Grid } from './validate/grid.js';
export type {
  ChoiceResult,
  ChoiceRow,
  ChosenSettings,
  FigureSpread,
  ValidationFold,
  ValidationResult,
} from './validate/validation-result.js';
export { findScenario, scenarios } from './scenario/index.js';
export type {
  Hospital,
  LoadOptions,
  Population,
  PrivacyNeeds,
  Scenario,
  ScenarioDefaults,
} from './scenario/scenario.js';
export { describePlugin, type DescribedOption, type DescribedPlugin } from './plugins/describe-plugin.js';
export { InstalledPlugins } from './plugins/installed.js';
export { findPackage, loadTeamPlugins, type TeamPlugins } from './plugins/team.js';
export { ruleOf, trainedOn, type TrainedOn } from './run/trained-on.js';
export { predictorOf } from './wiring/trainers.js';
export { assertStillFrozen, importedFiles, readModelAlone, withModelFile } from './run/model-file.js';
export type { ModelFile } from './run/model-file.js';
export { largeTrainer } from './plugins/catalogue.js';
export { firstWeights, readInitial, type FirstWeights, type InitialFile } from './run/initial-weights.js';
export type { Flags } from './run/flags.js';
export type { SetKeys } from './run/set-keys.js';
export { checkFacts, checkFactsOf, type CheckOptions } from './checks/check-facts.js';
export { rawColumns, type RawColumns } from './checks/raw-columns.js';
export type { OpenSites, SitesElsewhere } from './threads/elsewhere.js';
export { openWorkshop, type OrderedAnswer, type Workshop, type WorkshopOptions } from './threads/workshop.js';
export type { Frame, ServiceName, SiteDone, SiteJob, ThreadError, Worked } from './threads/messages.js';
export { parsePlannedRun } from './run/run-folder.js';
export type { PlannedRun } from './run/run-folder.js';
export { services as siteServices } from './threads/messages.js';

// What a hospital's daemon shares with a simulation: the same data, the same plugins, the same subject of an approval.
export { priceOf } from './policy/site-policies.js';
export { softwareOf, subjectAt } from './policy/subjects.js';
export { fileClientStore } from './run/client-store.js';
export { inputsOf, type RunInputs } from './run/run-inputs.js';
export { sheetsOf } from './run/sheets.js';
export { readOptOuts } from './scenario/opt-outs.js';
export { pluginsOf, type Plugins } from './wiring/plugins.js';
