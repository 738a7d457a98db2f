/** A federation of five simulated hospitals, wired from packages: one page. */
import { fedAvg } from '@fedward/aggregator-fedavg';
import {
  createSite,
  inMemoryTransport,
  memoryAuditSink,
  parsePlan,
  Random,
  runFederation,
  simulatedRandomness,
  type FederationResult,
} from '@fedward/core';
import { tutorialHospitals } from '@fedward/data-medical';
import { modelMetrics } from '@fedward/metrics-clinical';
import { initialParameters, logisticRegression } from '@fedward/models-medical';
import { dpSgd, rdpAccountant } from '@fedward/privacy-dp';
import { tfjsTrainer } from '@fedward/trainer-tfjs';

const privacy = { clipNorm: 1, noiseMultiplier: 4.845 };

/** The plan is data: it is what each hospital approves, by its digest. */
export const plan = parsePlan({
  schemaVersion: 1,
  name: 'quick start',
  seed: 42,
  rounds: 30,
  model: logisticRegression({ inputSize: 100 }),
  training: {
    trainer: 'tfjs',
    batches: { kind: 'poisson', probability: 32 / 350, steps: 33, expectedSize: 32 },
    optimizer: { name: 'sgd', learningRate: 0.1 },
  },
  aggregator: { name: 'fedavg' },
  privacy: { mechanisms: [{ name: 'dp-sgd', options: privacy }], accountant: 'rdp', delta: 1e-5 },
});

export async function runQuickStart(): Promise<FederationResult> {
  const { hospitals, test } = tutorialHospitals({ seed: plan.seed });
  const trainer = tfjsTrainer();
  const mechanisms = [dpSgd(privacy)];
  const audit = memoryAuditSink();

  // At a real hospital this runs in its own process, with secret randomness, the default.
  const sites = hospitals.map(({ id, train }) =>
    createSite({
      id,
      plan,
      data: train,
      trainer,
      mechanisms,
      audit,
      sharesLog: true,
      randomness: simulatedRandomness(plan.seed),
    }),
  );

  return runFederation({
    runId: 'quick-start',
    plan,
    transport: inMemoryTransport(sites),
    aggregator: fedAvg(),
    mechanisms,
    accountant: rdpAccountant(),
    audit,
    simulationOnly: true,
    initial: initialParameters(plan.model, new Random(plan.seed)),
    evaluate: async (model) =>
      modelMetrics(plan.model.loss, await trainer.predict(plan.model, model, test), test.labels),
    onRound: ({ round, metrics, epsilon }) =>
      process.stdout.write(
        `round ${round + 1}: accuracy ${metrics['accuracy']?.toFixed(3)}, epsilon ${epsilon?.toFixed(2)}\n`,
      ),
  });
}
