export { FedwardError, hasCode, isFedwardError, wordsOf, type ErrorCode } from './base/errors.js';
export { fileReason } from './base/file-reason.js';
export { largest, smallest } from './base/extremes.js';
export { assertInteger, assertNotNegative, assertPositive, assertProbability, assertThat } from './base/assert.js';
export { canonicalJson, type Json, type JsonObject } from './base/json.js';
export { digestJson, sha256 } from './base/digest.js';
export { copyParameters, createLayout, createParameters, digestParameters } from './parameters/parameters.js';
export { findNonFinite, sameLayout, tensorValues } from './parameters/parameters.js';
export type { Layout, Parameters, TensorLayout } from './parameters/parameters.js';
export type { State } from './base/state.js';

export { Random } from './random/random.js';
export { secretRandomness, simulatedRandomness, type Randomness } from './random/randomness.js';
export { float32Range, float32Schema, inFloat32Range } from './base/float32.js';
export { dropoutLane, KeystreamWords, type Keystream } from './random/keystream.js';
export { noNoise, SecureNoise, SeededNoise, type NoiseSource } from './random/noise.js';
export { SecretWords } from './random/secret-words.js';
export { composeEvents, type Adjacency, type DpEvent, type PrivacyUnit } from './privacy/events.js';

export { layerSchema, lossSchema, modelSpecSchema } from './model/spec.js';
export type { LayerSpec, LossName, ModelSpec, ModelSpecInput } from './model/spec.js';
export { layoutOf, outputSize, placeLayers, type PlacedLayer } from './model/shapes.js';

export { parsePlan, parseWith, planHash, pluginSchema, trainingPlanSchema } from './plan/plan.js';
export type { BatchesSpec, OptimizerSpec, PluginReference } from './plan/plan.js';
export type { TrainingPlan, TrainingPlanInput } from './plan/plan.js';
export { didYouMean } from './base/did-you-mean.js';
export { Registry, type PluginFactory } from './plan/registry.js';

export { decodeSafetensors, encodeSafetensors, type NamedTensor } from './encoding/safetensors.js';
export { decodeCheckpoint, encodeCheckpoint } from './encoding/checkpoint.js';

export { runFederation } from './server/run.js';
export { checkFederation } from './server/check.js';
export type { Dropped, Federation, FederationResult, PrivacyStatement, RoundReport } from './server/federation.js';
export { selectorOf, type ClientSelector, type Cohort } from './server/cohort.js';
export { assertFits } from './aggregation/fits.js';
export { createSite, siteFactory, type OwnSiteOptions, type SharedSiteOptions, type SiteOptions } from './site/site.js';
export { memoryLedger, type Charge, type MemoryLedgerOptions, type SiteLedger } from './site/ledger.js';
export { inMemoryTransport, onDemandTransport } from './memory/transport.js';
export { memoryAnswerStore, memoryCheckpointStore, memoryClientStore } from './memory/stores.js';
export { memoryAuditSink } from './memory/audit.js';

export type { EvaluateResult, EvaluateTask, FitResult, FitTask, Metrics } from './interfaces/messages.js';
export type { AnswerKey, AnswerStore } from './interfaces/answers.js';
export type { Client, Transport } from './interfaces/client.js';
export type { Aggregate, Aggregator, Capability, Reduction, RoundContext } from './interfaces/aggregator.js';
export type { AccountantFactory, Boundary, GradientPrivacy, PrivacyAccountant } from './interfaces/privacy.js';
export type { PrivacyMechanism, Received, Released, ReleaseContext } from './interfaces/privacy.js';
export type { ServerContext, SiteContext } from './interfaces/privacy.js';
export type { ClientContext, LocalTrainer, Trained, TrainerCapability, TrainingData } from './interfaces/trainer.js';
export type { AuditEvent, AuditEventType, AuditReceipt, AuditSink } from './interfaces/audit.js';
export type { Checkpoint, CheckpointStore, ClientStore } from './interfaces/stores.js';
