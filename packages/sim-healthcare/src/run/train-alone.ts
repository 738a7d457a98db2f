import { createSite, inMemoryTransport, Random, runFederation, simulatedRandomness, type Metrics } from '@fedward/core';
import { initialParameters } from '@fedward/models-medical';
import type { Hospital } from '../scenario/scenario.js';
import { aggregatorRegistry } from '../wiring/plugins.js';
import { planAlone, score, type PreparedRun } from './prepare.js';

/** What one hospital reaches with its own data only: a federation of one, with the same rounds and steps. */
export async function trainAlone(run: PreparedRun, hospital: Hospital, signal?: AbortSignal): Promise<Metrics> {
  const plan = planAlone(run.plan);
  const site = createSite({
    id: hospital.id,
    plan,
    data: hospital.train,
    trainer: run.plugins.trainer,
    randomness: simulatedRandomness(plan.seed),
  });
  const { model } = await runFederation({
    runId: `${run.runId}-${hospital.id}-alone`,
    plan,
    transport: inMemoryTransport([site]),
    aggregator: aggregatorRegistry.create(plan.aggregator),
    initial: initialParameters(plan.model, new Random(plan.seed).fork('initial')),
    ...(signal && { signal }),
  });
  return score({ plan, plugins: run.plugins }, model, hospital.test);
}
