import { randomBytes } from 'node:crypto';
import { digestTensors, type FederationResult, type Parameters } from '@fedward/core';
import type { AloneMetrics } from './alone.js';
import { assumptionsOf } from './assumptions.js';
import { auditResult } from './audit-result.js';
import { bytesOf } from './bytes.js';
import { finalResult, hospitalFigures } from './evaluation.js';
import { aboutEvaluation } from './evaluation-warnings.js';
import type { Judgement } from './judgement.js';
import { aboutLabels, labelNoiseOf } from './label-noise.js';
import { ledgerResults } from './ledgers.js';
import { modelNameOf } from './model-name.js';
import { notReleasedOf } from './not-released.js';
import { participationOf } from './participation.js';
import { patientExposure } from './patient-exposure.js';
import { reachOf } from '../reach/reach.js';
import { choiceOf } from '../validate/result-schema.js';
import type { ValidationResult } from '../validate/validation-result.js';
import { personalModels, type PersonalModels } from './personal-models.js';
import type { CheckTold } from './check-told.js';
import { runPaths } from './run-folder.js';
import type { RunParts } from './run-parts.js';
import type { HospitalResult, SimulationResult } from './result.js';
import { maskedRounds } from './secure-aggregation.js';
import { strategyNotices } from './strategy-notices.js';
import { aboutParticipation, aboutRounds, warningsOf } from './warnings.js';

export interface Concluding {
  readonly folder: string;
  /** By what the final model is judged. */
  readonly judgement: Judgement;
  /** What each hospital reaches alone, as it comes; undefined where none is trained. */
  readonly alone: AloneMetrics | undefined;
  /** Where one was asked for. */
  readonly validation?: ValidationResult | undefined;
  /** What the checks before it came to, where it was checked. */
  readonly check?: CheckTold | undefined;
  /** The result of a hospital's training alone is waited for. */
  readonly onTrainAlone?: ((hospitalId: string) => void) | undefined;
  /** Ends what is estimated after the rounds. */
  readonly signal: AbortSignal;
  /** When the run began, as `performance.now()` tells it. */
  readonly started: number;
}

/** What a run comes to. */
export interface Concluded {
  readonly summary: SimulationResult;
  /** By the hospital's id; empty where the run makes none. */
  readonly personal: ReadonlyMap<string, Parameters>;
}

/** `result.json` of a run whose rounds are all done, and the models that are its hospitals' own. */
export async function resultOf(
  run: RunParts,
  result: FederationResult,
  { folder, judgement, alone, validation, check, onTrainAlone, signal, started }: Concluding,
): Promise<Concluded> {
  const { seconds: trainSeconds, elapsedSeconds: trainElapsedSeconds, steps: clientSteps } = run.work;
  run.threads?.onlyBackground();
  const final = await finalResult(run, result.model, result.rounds.at(-1)?.metrics ?? {}, judgement);
  const personal = new Map<string, Parameters>();
  const compared = { judgement, alone, onTrainAlone, personal, make: personalModels(run, result, folder, signal) };
  const tabulated = run.population.tabulated ? await hospitalResults(run, result, compared) : [];
  const notices = [
    ...(run.population.notices ?? []),
    ...(run.simulation.trainerChoice === undefined ? [] : [run.simulation.trainerChoice]),
    ...strategyNotices(run.plan, run.plugins.strategy?.personalModel !== undefined),
  ];
  const doubts = run.simulation.findLabelNoise ? await labelNoiseOf(run, signal) : undefined;
  const hospitals = tabulated.map((hospital) => ({
    ...hospital,
    ...(doubts && { labelNoise: doubts.get(hospital.id)! }),
  }));
  const participation = participationOf(result.rounds, run.population.ids, weightsOf(run, result.privacy));
  const masked = maskedRounds(run.plan, run.population.ids.length, result.rounds);
  const summary: SimulationResult = {
    schemaVersion: 1,
    runId: run.runId,
    nonce: randomBytes(32).toString('hex'),
    scenario: run.simulation.scenario,
    planHash: result.planHash,
    seed: run.plan.seed,
    simulationOnly: result.simulationOnly,
    model: {
      name: modelNameOf(run.plan.model, run.population),
      parameters: result.model.layout.size,
      sha256: digestTensors(result.model),
    },
    aggregator: run.plugins.aggregator.name,
    trainer: await run.plugins.trainer.describe(),
    rounds: result.rounds,
    bytes: bytesOf(result.rounds),
    ...(run.plan.compression && { compression: run.plan.compression.name }),
    participation,
    ...(result.done !== null && { done: result.done }),
    final,
    ...(run.plan.about && { about: run.plan.about }),
    ...(judgement.threshold && { threshold: judgement.threshold }),
    settings: { training: run.plan.training, rounds: run.plan.rounds },
    ...(validation && { validation }),
    ...(run.simulation.choice && { choice: choiceOf(run.simulation.choice) }),
    hospitals,
    ...(run.population.tabulated && { reach: reachOf(run) }),
    population: { hospitals: run.population.ids.length, tabulated: run.population.tabulated },
    warnings: [
      ...aboutRounds(result.rounds),
      ...aboutParticipation(participation),
      ...warningsOf(run.population, final.metrics, {
        batches: run.plan.training.batches,
        unit: run.plan.privacy?.unit,
      }),
      ...aboutEvaluation(final, hospitals),
      ...aboutLabels(hospitals),
    ],
    ...(notices.length > 0 && { notices }),
    privacy: await privacyResult(result, run),
    ...(masked && { secureAggregation: masked }),
    ...(check && { check }),
    // No log has an event to come but those after the result.
    audit: await auditResult(runPaths(folder), run.population.tabulated ? run.population.ids : []),
    timing: {
      totalSeconds: (performance.now() - started) / 1000,
      trainSeconds,
      trainElapsedSeconds,
      clientSteps,
      workers: run.threads?.workers ?? 1,
    },
    folder,
  };
  return { summary, personal };
}

/** By how much each counts: as the aggregator has it of the records of a training part, or 1 where they are withheld. */
function weightsOf(
  { population, plugins: { aggregator } }: RunParts,
  privacy: FederationResult['privacy'],
): ReadonlyMap<string, number> | undefined {
  if (!population.tabulated) return undefined;
  const isPublic = !privacy || (privacy.adjacency === 'replace-one' && privacy.unit === 'record');
  const counts = (records: number, id: string): number => aggregator.counts?.(records, id) ?? records;
  return new Map(population.ids.map((id) => [id, isPublic ? counts(population.hospital(id).train.count, id) : 1]));
}

async function hospitalResults(
  run: RunParts,
  { model }: FederationResult,
  {
    judgement,
    alone,
    onTrainAlone,
    personal,
    make,
  }: Pick<Concluding, 'judgement' | 'alone' | 'onTrainAlone'> & {
    readonly make: PersonalModels | undefined;
    readonly personal: Map<string, Parameters>;
  },
): Promise<HospitalResult[]> {
  const results: HospitalResult[] = [];
  for (const id of run.population.ids) {
    const hospital = run.population.hospital(id);
    if (alone) onTrainAlone?.(id);
    const local = (await alone?.(hospital)) ?? { localMetrics: null };
    const own = await make?.(hospital);
    if (own) personal.set(id, own);
    results.push({
      id,
      ...(hospital.rows && { rows: hospital.rows }),
      ...(hospital.sheet && { sheet: hospital.sheet }),
      samples: hospital.train.count,
      ...(await hospitalFigures(run, model, hospital, local, judgement, own)),
      ...(hospital.flippedLabels !== undefined && { flippedLabels: hospital.flippedLabels }),
    });
  }
  return results;
}

async function privacyResult(
  { privacy, simulationOnly }: FederationResult,
  run: RunParts,
): Promise<SimulationResult['privacy']> {
  const { plan, population } = run;
  if (!privacy) return null;
  const patient = patientExposure(plan, run.plugins.mechanisms, population);
  const { perClient, ...statement } = privacy;
  return {
    mechanism: privacy.mechanisms.join(' + '),
    ...statement,
    settings: { mechanisms: plan.privacy!.mechanisms, batches: plan.training.batches, rounds: plan.rounds },
    perHospital: perClient.map(({ id, epsilon }) => ({ id, epsilon })),
    assumptions: assumptionsOf(privacy, population, run.simulation.ledger !== undefined),
    notReleased: notReleasedOf(population, privacy, patient, run.simulation.findLabelNoise, simulationOnly),
    ...(patient && { patient }),
    ...(run.simulation.ledger !== undefined && { ledgers: await ledgerResults(run) }),
  };
}
