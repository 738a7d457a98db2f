export { FedwardError, hasCode, incompatible, isFedwardError, wordsOf } from './base/errors.js';
export type { ErrorCode, ErrorFamily, FedwardErrorOptions, KnownErrorCode } from './base/errors.js';
export { abortable, throwIfAborted, withDeadline } from './base/abort.js';
export { fileReason } from './base/file-reason.js';
export { largest, smallest } from './base/extremes.js';
export { assertInteger, assertNotNegative, assertPositive, assertProbability, assertThat } from './base/assert.js';
export { canonicalJson, type Json, type JsonObject } from './base/json.js';
export { digestJson, sha256 } from './base/digest.js';
export { didYouMean } from './base/did-you-mean.js';
export { parseWith } from './base/parse.js';
export { float32Range, float32Schema, inFloat32Range } from './base/float32.js';
export type { State } from './base/state.js';

export { copyTensors, createLayout, createParameters, createTensors, digestTensors } from './parameters/parameters.js';
export { elementOf, findNonFinite, isParameters, sameLayout, shapesOf, tensorValues } from './parameters/parameters.js';
export type { ElementArray, ElementType, Layout, Parameters, TensorLayout } from './parameters/parameters.js';
export type { TensorShape, Tensors, TensorsForm } from './parameters/parameters.js';
export { concatTensors, partOfTensors } from './parameters/parts.js';
export { layerSchema, lossSchema, modelSpecSchema } from './model/spec.js';
export { graphLayerSchema, type GraphLayer } from './model/graph.js';
export type { LayerSpec, LossName, ModelSpec, ModelSpecInput } from './model/spec.js';
export { layoutOf, outputSize, placeLayers, type PlacedLayer } from './model/shapes.js';

export { Random } from './random/random.js';
export { secretRandomness, simulatedRandomness, type Randomness } from './random/randomness.js';
export { augmentationLane, dropoutLane, KeystreamWords, type Keystream } from './random/keystream.js';
export { noNoise, SecureNoise, SeededNoise, type NoiseSource } from './random/noise.js';
export { SecretWords } from './random/secret-words.js';

export { parseAnyPlan, parsePlan, parseQueryPlan, planHash, isTrainingPlan } from './plan/plan.js';
export { pluginSchema, queryPlanSchema, trainingPlanSchema } from './plan/plan.js';
export type { AugmentationSpec, FrozenSpec, ObjectiveSpec } from './plan/objective.js';
export type { BatchesSpec, OptimizerSpec, PluginReference } from './plan/plan.js';
export type { Plan, QueryPlan, QueryPlanInput, TrainingPlan, TrainingPlanInput } from './plan/plan.js';
export { definePlugin, specificationVersion } from './plugins/plugin.js';
export type { Plugin, PluginDefinition, PluginKind, PluginKinds, TrainerSpeed } from './plugins/plugin.js';
export type { MechanismDraft, PrivacySettings } from './plugins/draft.js';
export { PluginRegistry } from './plugins/registry.js';

export { decodeSafetensors, encodeSafetensors, type NamedTensor, type TensorArray } from './encoding/safetensors.js';
export { version } from './version.js';
export { worksWith } from './base/versions.js';
export { assertOfThisCore } from './server/run-memory.js';
export { decodeCheckpoint, encodeCheckpoint } from './encoding/checkpoint.js';

export { composeEvents, type Adjacency, type DpEvent, type PrivacyUnit } from './privacy/events.js';
export { addMean, type ServerOptimizer } from './aggregation/server-optimizer.js';
export { assertFits } from './aggregation/fits.js';
export { composeAggregator, meanOf, type ComposedState, type Composition } from './aggregation/compose.js';
export { weightedSum } from './aggregation/weighted-sum.js';

export { runFederation } from './server/run.js';
export { assertFederation } from './server/check.js';
export { buffered, everyone } from './server/collector.js';
export { stepsOf } from './training/steps.js';
export { inclusionBySize } from './server/by-size.js';
export { selectorOf, type ClientSelector, type Cohort } from './server/cohort.js';
export type { Dropped, Federation, FederationResult, PrivacyStatement } from './server/federation.js';
export type { RoundReport, SiteScores, Stale } from './server/federation.js';

export { createSite, siteFactory } from './site/site.js';
export { personalModelOf, type PersonalAt } from './site/personal-model.js';
export { lastTaken, type TakenReport } from './server/last-taken.js';
export type { OwnSiteOptions, SharedSiteOptions, SiteOptions } from './site/options.js';
export { changeOf, modelOf, trainAndSubtract, weighed } from './site/train-and-subtract.js';
export { memoryLedger, type Charge, type MemoryLedgerOptions, type SiteLedger } from './site/ledger.js';

export { inMemoryTransport, onDemandTransport } from './memory/transport.js';
export { memoryAnswerStore, memoryCheckpointStore, memoryClientStore, memoryOutbox } from './memory/stores.js';
export { memoryAuditSink } from './memory/audit.js';

export type { EvaluateResult, EvaluateTask, MechanismCall, Metrics, Task, Update } from './interfaces/messages.js';
export type { AnswerKey, AnswerStore } from './interfaces/answers.js';
export type { KeptAnswer, Outbox, OutboxKey } from './interfaces/outbox.js';
export type { Client, Transport } from './interfaces/client.js';
export { protocolVersion, type SiteDescription, type Software } from './interfaces/description.js';
export type { Clock } from './interfaces/clock.js';
export type { Collector, CollectProgress } from './interfaces/collector.js';
export type { Compressed, Compression, CompressionContext } from './interfaces/compression.js';
export type { Query, QueryContext } from './interfaces/query.js';
export type { Records } from './interfaces/records.js';
export type { LocalSettings, PersonalContext, SiteStrategy } from './interfaces/strategy.js';
export type { StrategyAnswer, StrategyContext } from './interfaces/strategy.js';
export type { Aggregate, Aggregator, Capability, FederationContext } from './interfaces/aggregator.js';
export type { Instructed, LeftOut, Reach, Reduced, Reduction, RoundContext } from './interfaces/aggregator.js';
export type { AccountantFactory, Boundary, PrivacyAccountant, Unpriced } from './interfaces/privacy.js';
export type { GradientPrivacy } from './interfaces/gradient-privacy.js';
export type { Kept, PrepareContext, PrivacyMechanism, Received, Released } from './interfaces/privacy.js';
export type { ReleaseContext, ServerContext, SiteCallContext, SiteContext } from './interfaces/privacy.js';
export type { Applied, ClientContext, LocalTrainer, Trained, TrainerCapability } from './interfaces/trainer.js';
export type { TrainingData, TrainingWishes } from './interfaces/trainer.js';
export type { RoundObjective } from './training/objective.js';
export type { AuditEvent, AuditEventType, AuditReceipt, AuditSink } from './interfaces/audit.js';
export { coordinator, isAccountable } from './interfaces/audit.js';
export { OwnLog, type OwnLogOptions, type Vouched } from './site/own-log.js';
export type { AccountableLog, AuditHead, EntryProof, Growth, Witness } from './interfaces/audit.js';
export type { CertificateStore, RoundCertificate } from './interfaces/certificate.js';
export type { Asked, Leaving, PolicyRefusal, SitePolicy } from './interfaces/policy.js';
export type { Checkpoint, CheckpointStore, ClientStateKey, ClientStore } from './interfaces/stores.js';
