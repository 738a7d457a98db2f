import type { Federation } from '../server/federation.js';
import type { SiteOptions } from '../site/options.js';
import { createSite } from '../site/site.js';
import type { Aggregator } from '../interfaces/aggregator.js';
import type { Client } from '../interfaces/client.js';
import { protocolVersion, type SiteDescription } from '../interfaces/description.js';
import type { Update, Task } from '../interfaces/messages.js';
import type { AccountantFactory, PrivacyMechanism } from '../interfaces/privacy.js';
import type { LocalTrainer, TrainingData } from '../interfaces/trainer.js';
import { FedwardError } from '../base/errors.js';
import { inMemoryTransport } from '../memory/transport.js';
import { layoutOf } from '../model/shapes.js';
import { composeEvents, type DpEvent } from '../privacy/events.js';
import { SeededNoise } from '../random/noise.js';
import { Random } from '../random/random.js';
import { simulatedRandomness } from '../random/randomness.js';
import { createParameters, type Layout } from '../parameters/parameters.js';
import type { Plan } from '../plan/plan.js';
import { examplePlan } from './plan.js';

export const exampleLayout: Layout = layoutOf(examplePlan().model);

/** Records of three features, all equal to `value`, each of a patient of its own. */
export function exampleData(count: number, value = 1): TrainingData {
  return {
    count,
    featureShape: [3],
    features: new Float32Array(3 * count).fill(value),
    labels: Float32Array.from({ length: count }, (_, i) => i % 2),
    patientIds: Array.from({ length: count }, (_, i) => `patient-${i}`),
  };
}

/** Moves half way to the site's feature, with a little of the client's own randomness, and noise where it is asked. */
export function fakeTrainer(changes: Partial<LocalTrainer> = {}): LocalTrainer {
  return {
    name: 'fake',
    provides: ['per-example-clipping', 'batch-mean-clipping'],
    describe: async () => 'a fake',
    async train(payload, data, { random, noise, gradientPrivacy, round }) {
      const values = payload.values.map((x) => (x + data.features[0]!) / 2 + 0.01 * random.normal());
      if (gradientPrivacy) noise.addGaussian(values, gradientPrivacy.noiseMultiplier * gradientPrivacy.clipNorm);
      return {
        payload: { layout: payload.layout, values },
        ...(gradientPrivacy && { applied: { gradientPrivacy } }),
        steps: 1,
        metrics: { loss: data.count / (round + 1) },
      };
    },
    predict: async (_model, { values }, data) => new Float32Array(data.count).fill(values[0]!),
    ...changes,
  };
}

export type MeanState = { readonly values: Float32Array; readonly rounds: number };

/** The mean by weight. */
export function meanAggregator(
  changes: Partial<Aggregator<MeanState>> = {},
  layout = exampleLayout,
): Aggregator<MeanState> {
  return {
    name: 'mean',
    requires: [],
    provides: ['individual-updates', 'sum-only', 'bounded-sensitivity'],
    init: ({ values }) => ({ values: values.slice(), rounds: 0 }),
    parameters: ({ values }) => createParameters(layout, values),
    instruct: ({ values }) => ({ payload: createParameters(layout, values), instructions: {} }),
    reduce() {
      const payload = new Float64Array(layout.size);
      let [divisor, count] = [0, 0];
      return {
        add({ payload: { values }, weight }) {
          values.forEach((x, i) => (payload[i]! += weight * x));
          divisor += weight;
          count++;
        },
        finish: () => ({ payload, divisor, count }),
      };
    },
    apply: ({ values, rounds }, { payload, divisor }) => ({
      values: values.map((w, i) => w + payload[i]! / divisor),
      rounds: rounds + 1,
    }),
    ...changes,
  };
}

export const fakeEvent: DpEvent = { type: 'gaussian', noiseMultiplier: 10 };

/** Adds noise at every step, at the price of `fakeEvent` a round. */
export function fakeMechanism(changes: Partial<PrivacyMechanism> = {}): PrivacyMechanism {
  return {
    name: 'fake',
    requires: [],
    adjacency: 'add-or-remove-one',
    gradient: () => ({ clip: 'per-example', clipNorm: 1, noiseMultiplier: 0.01 }),
    event: () => fakeEvent,
    ...changes,
  };
}

/** A Gaussian release of noise multiplier z costs 1 / z, whatever the delta. */
export const fakeAccountant: AccountantFactory = (adjacency) => {
  const price = (event: DpEvent): number => {
    if (event.type === 'none') return 0;
    if (event.type === 'gaussian') return 1 / event.noiseMultiplier;
    if (event.type === 'repeated') return event.count * price(event.event);
    if (event.type === 'composed') return event.events.reduce((sum, part) => sum + price(part), 0);
    if (event.type === 'non-private') return Infinity;
    throw new FedwardError('EVENT_UNSUPPORTED', event.type);
  };
  let composed: DpEvent = { type: 'none' };
  return {
    name: 'fake',
    adjacency,
    unpriced(event) {
      try {
        price(event);
        return undefined;
      } catch {
        return { part: event, reason: 'the fake accountant knows Gaussian releases alone' };
      }
    },
    compose(event) {
      price(event);
      composed = composeEvents(composed, event);
    },
    preview: (event) => price(composeEvents(composed, event)),
    epsilon: () => price(composed),
    get composed() {
      return composed;
    },
  };
};

export function exampleSite(id: string, changes: Partial<SiteOptions> = {}): Client {
  return createSite({
    id,
    plan: examplePlan(),
    data: exampleData(10),
    trainer: fakeTrainer(),
    randomness: simulatedRandomness(42),
    ...changes,
  });
}

/** Three hospitals of 10, 20 and 30 records whose features are 1, 2 and 3. */
export function exampleSites(plan: Plan, changes: Partial<SiteOptions> = {}): Client[] {
  return [1, 2, 3].map((k) => exampleSite(`hospital-${k}`, { plan, data: exampleData(10 * k, k), ...changes }));
}

/** A federation of `exampleSites`, all of it seeded. */
export function exampleFederation(changes: Partial<Federation<MeanState>> = {}): Federation<MeanState> {
  const { plan = examplePlan(), mechanisms = [], transport } = changes;
  return {
    runId: 'run-1',
    plan,
    transport: transport ?? inMemoryTransport(exampleSites(plan, { mechanisms })),
    aggregator: meanAggregator(),
    initial: createParameters(exampleLayout),
    simulationOnly: true,
    noise: (round) => new SeededNoise(new Random('server').fork(round)),
    now: () => '2024-01-01T00:00:00.000Z',
    ...changes,
  };
}

export function exampleTask(changes: Partial<Task> = {}): Task {
  return {
    runId: 'run-1',
    round: 0,
    planHash: 'sha256:00',
    cohort: ['hospital-1', 'a', 'b'],
    payload: createParameters(exampleLayout),
    instructions: {},
    taken: null,
    ...changes,
  };
}

export function exampleResult(changes: Partial<Update> = {}): Update {
  return {
    clientId: 'hospital-1',
    baseRound: 0,
    payload: createParameters(exampleLayout, new Float32Array(exampleLayout.size).fill(1)),
    weight: 10,
    metrics: { loss: 0.5 },
    spent: [],
    simulationOnly: false,
    ...changes,
  };
}

/** A client that answers as told. */
export function fakeClient(id: string, answer: (task: Task, signal: AbortSignal) => unknown): Client {
  return {
    id,
    describe: async () => exampleDescription(id),
    propose: async () => undefined,
    answer: async (task, signal) => (await answer(task, signal)) as Update,
    evaluate: async () => ({ clientId: id, weight: 1, metrics: {} }),
    call: async () => null,
  };
}

export function exampleDescription(clientId: string, changes: Partial<SiteDescription> = {}): SiteDescription {
  return {
    protocol: protocolVersion,
    clientId,
    software: [],
    approved: [],
    work: { kind: 'training', trainer: 'fake', strategy: 'train-and-subtract' },
    keepsLedger: false,
    noise: 'seeded',
    head: null,
    ...changes,
  };
}

export const neverFired = new AbortController().signal;
