import { isFedwardError, type Parameters } from '@fedward/core';
import { modelMetrics } from '@fedward/metrics-clinical';
import type { Hospital } from '../scenario/scenario.js';
import type { AloneJob, TrainDone } from '../threads/messages.js';
import type { ThreadPool } from '../threads/pool.js';
import { sendData, shareValues } from '../threads/shared-data.js';
import type { RunParts } from './run-parts.js';
import type { HospitalResult } from './result.js';
import { clippingAlone, planAlone, trainAlone, type TrainAlone } from './train-alone.js';

/** What a hospital reaches alone, on its own test part; or why it came to nothing. */
export interface Alone extends Pick<HospitalResult, 'localMetrics' | 'localFailure'> {
  /** What its model says of the test part. */
  readonly outputs?: Float32Array;
}
export type AloneMetrics = (hospital: Hospital) => Promise<Alone>;

/**
 * Hospitals trained alone. With threads all of them begin now, in the background of the federation, since a round leaves
 * threads idle at its end; unless the plan has a deadline, which hospitals would then miss for no reason of theirs.
 */
export function trainingAlone(run: RunParts, signal: AbortSignal): AloneMetrics {
  const plan = planAlone(run.plan);
  const { initial } = run;
  const gradientPrivacy = clippingAlone(run.plugins.mechanisms.find(({ gradient }) => gradient)?.gradient?.(run.plan));
  const metricsOf: AloneMetrics = async (hospital) => {
    const job = {
      plan,
      clientId: hospital.id,
      runId: `${run.runId}-${hospital.id}-alone`,
      data: hospital.train,
      initial,
      gradientPrivacy,
    };
    try {
      const model = run.threads
        ? await onThreads(run.threads, job, signal)
        : (await trainAlone({ ...job, trainer: run.plugins.trainer }, signal)).payload;
      const outputs = await run.plugins.trainer.predict(plan.model, model, hospital.test);
      return { localMetrics: modelMetrics(plan.model.loss, outputs, hospital.test.labels), outputs };
    } catch (error) {
      // It is for comparison: what the federation has come to is not thrown away for it.
      if (isFedwardError(error) && error.code === 'UPDATE_NOT_FINITE')
        return { localMetrics: null, localFailure: error.message };
      throw error;
    }
  };
  if (!run.threads || run.plan.deadlineSeconds !== undefined) return metricsOf;
  const begun = new Map<string, ReturnType<AloneMetrics>>();
  for (const id of run.population.ids) {
    const metrics = metricsOf(run.population.hospital(id));
    metrics.catch(() => undefined); // told once it is called for; until then the federation may fail first
    begun.set(id, metrics);
  }
  return (hospital) => begun.get(hospital.id)!;
}

/** One message for all rounds of a hospital. */
async function onThreads(
  threads: ThreadPool,
  job: Omit<TrainAlone, 'trainer'>,
  signal: AbortSignal,
): Promise<Parameters> {
  const { plan, clientId, runId, data, initial, gradientPrivacy } = job;
  const { layout } = initial;
  const makeJob = (): AloneJob => ({
    kind: 'alone',
    plan: JSON.stringify(plan),
    data: sendData(data),
    layout,
    model: shareValues(initial.values),
    clientId,
    runId,
    ...(gradientPrivacy && { gradientPrivacy }),
  });
  const { trained } = (await threads.run(clientId, makeJob, signal, { background: true })) as TrainDone;
  return { layout, values: trained };
}
