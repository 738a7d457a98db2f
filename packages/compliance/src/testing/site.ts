import {
  createParameters,
  createSite,
  layoutOf,
  memoryAuditSink,
  parsePlan,
  planHash,
  type Asked,
  type Client,
  type LocalTrainer,
  type PrivacyMechanism,
  type SiteOptions,
  type Task,
  type TrainingData,
  type TrainingPlan,
  type TrainingPlanInput,
} from '@fedward/core';
import { parseSitePolicy, type SitePolicyInput, type SitePolicyRules } from '../policy/schema.js';
import { sitePolicy } from '../policy/site-policy.js';
import type { PolicyTools } from '../policy/rule.js';

export const neverFired = new AbortController().signal;

/** Logistic regression on three features. */
export function planOf(changes: Partial<TrainingPlanInput> = {}): TrainingPlan {
  return parsePlan({
    ...{ schemaVersion: 1, name: 'example', seed: 42, rounds: 4, aggregator: { name: 'fedavg' } },
    model: { inputShape: [3], layers: [{ type: 'dense', units: 2 }], loss: 'softmax-cross-entropy' },
    training: {
      trainer: 'still',
      batches: { kind: 'shuffle', size: 8, epochs: 1 },
      optimizer: { name: 'sgd', learningRate: 0.1 },
    },
    ...changes,
  });
}

export function rulesOf(changes: Partial<SitePolicyInput> = {}): SitePolicyRules {
  return parseSitePolicy({ schemaVersion: 1, name: 'rules of a', ...changes });
}

export function recordsOf(count: number): TrainingData {
  return {
    ...{ count, featureShape: [3], features: new Float32Array(3 * count) },
    labels: Float32Array.from({ length: count }, (_, i) => i % 2),
    patientIds: Array.from({ length: count }, (_, i) => `patient-${i}`),
  };
}

/** Gives the model back as it came. */
export function stillTrainer(changes: Partial<LocalTrainer> = {}): LocalTrainer {
  return {
    name: 'still',
    describe: async () => 'still',
    train: async ({ layout, values }) => ({
      payload: { layout, values: values.slice() },
      steps: 1,
      metrics: { loss: 1 },
    }),
    predict: async (_model, _parameters, data) => new Float32Array(data.count),
    ...changes,
  };
}

/** A site of ten records behind these rules, and its log. */
export function guardedSite(
  policy: Partial<SitePolicyInput>,
  changes: Partial<SiteOptions> = {},
  tools: PolicyTools = {},
): { readonly site: Client; readonly plan: TrainingPlan; readonly reasons: () => unknown[] } {
  const audit = memoryAuditSink();
  const plan = (changes.plan as TrainingPlan | undefined) ?? planOf();
  const site = createSite({
    ...{ id: 'a', plan, data: recordsOf(10), trainer: stillTrainer(), audit },
    policy: sitePolicy(rulesOf(policy), tools),
    ...changes,
  });
  const reasons = () => audit.events.filter(({ type }) => type === 'refusal').map(({ details }) => details['reason']);
  return { site, plan, reasons };
}

export function taskOf(plan: TrainingPlan, changes: Partial<Task> = {}): Task {
  return {
    ...{ runId: 'run-1', round: 0, planHash: planHash(plan), cohort: ['a', 'b', 'c'] },
    payload: createParameters(layoutOf(plan.model)),
    ...{ instructions: {}, taken: null },
    ...changes,
  };
}

/** One that sends what it likes. */
export function mechanism(changes: Partial<PrivacyMechanism> = {}): PrivacyMechanism {
  return { name: 'own', requires: [], ...changes };
}

export const ownPrivacy = { mechanisms: [{ name: 'own' }] };

/** What a rule is asked, by itself. */
export function askedOf(changes: Partial<Asked> = {}): Asked {
  const plan = changes.plan ?? planOf();
  return {
    ...{ kind: 'answer', clientId: 'a', time: '2026-03-02T10:00:00.000Z', plan, planHash: planHash(plan) },
    ...{ runId: 'run-1', round: 0, cohort: ['a', 'b', 'c'], records: async () => 10 },
    ...{ software: [{ name: '@fedward/core', version: '0.1.3' }], simulationOnly: false, keepsLedger: false },
    ...changes,
  };
}
