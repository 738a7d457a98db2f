import type { ClientContext, NoiseSource, OptimizerSpec, Parameters, TrainingData } from '@fedward/core';
import { exampleSize, maskKeystream, objectiveOf, startValues, type PlacedWishes } from '@fedward/core/training';
import { loadAugmentation, loadObjective } from './load-objective.js';
import { assertMemory, type Engine } from './engines.js';

const optimizers = { sgd: 0, momentum: 1, adam: 2 } as const;
export const clips = { none: 0, 'per-example': 1, 'batch-mean': 2 } as const;
/** Normal draws that make one value of noise: for secret noise the sum of four, halved (see core's SecureNoise). */
const secretDraws = 4;

/** Addresses hold until memory grows: views are made when they are needed and not kept. */
export const floats = ({ memory }: Engine, address: number, length: number): Float32Array =>
  new Float32Array(memory.buffer, address, length);
export const integers = ({ memory }: Engine, address: number, length: number): Uint32Array =>
  new Uint32Array(memory.buffer, address, length);

/**
 * Copies a site's records in.
 * @param patients [count] of `patientsOf`; absent where each record is its own unit
 */
export function loadRecords(engine: Engine, data: TrainingData, patients?: Uint32Array): void {
  const { count, features, labels } = data;
  assertMemory(engine.memory.buffer.byteLength + count * (exampleSize(data) + 8) * 6);
  const records = patients && byPatient(patients);
  engine.reserveRecords(count, records ? records.length : count, records ? 1 : 0);
  floats(engine, engine.featuresAddress(), features.length).set(features);
  floats(engine, engine.labelsAddress(), count).set(labels);
  if (!records) return;
  const starts = integers(engine, engine.unitStartsAddress(), records.length + 1);
  const rows = integers(engine, engine.unitRecordsAddress(), count);
  let next = 0;
  records.forEach((own, patient) => {
    starts[patient] = next;
    rows.set(own, next);
    next += own.length;
  });
  starts[records.length] = next;
}

/** The records of each patient. */
export function byPatient(patients: Uint32Array): number[][] {
  const records: number[][] = [];
  patients.forEach((patient, row) => (records[patient] ??= []).push(row));
  return records;
}

/** Weights, optimizer, privacy and what the strategy wishes, for a training that begins. */
export function loadTraining(engine: Engine, payload: Parameters, context: ClientContext, wishes: PlacedWishes): void {
  const { plan, gradientPrivacy: privacy, noise } = context;
  const { batches, optimizer } = plan.training;
  loadOptimizer(engine, optimizer);
  const poisson = batches.kind === 'poisson';
  engine.configureBatches(poisson ? batches.probability : 0, poisson ? batches.expectedSize : 0);
  const { clipNorm = 0, noiseMultiplier = 0, clip = 'none' } = privacy ?? {};
  engine.configurePrivacy(clips[clip], clipNorm, noiseMultiplier, ...loadKey(engine, noise));
  engine.configureWishes(wishes.proximalMu, wishes.correction ? 1 : 0);
  if (wishes.correction) floats(engine, engine.correctionAddress(), payload.layout.size).set(wishes.correction);
  const masks = maskKeystream(context);
  integers(engine, engine.randomKeyAddress(), 8).set(masks.key);
  engine.configureMasks(masks.rounds);
  startValues(payload, wishes, floats(engine, engine.weightsAddress(), payload.layout.size));
  loadObjective(engine, objectiveOf(plan.training.objective, context.round) ?? {});
  loadAugmentation(engine, plan.training.augmentation ?? {}, plan.model.inputShape);
  engine.start();
  for (const { offset, size } of wishes.frozen) engine.freeze(offset, size);
}

function loadOptimizer(engine: Engine, spec: OptimizerSpec): void {
  const { momentum, beta1, beta2, epsilon } = { momentum: 0, beta1: 0, beta2: 0, epsilon: 0, ...spec };
  engine.configureOptimizer(optimizers[spec.name], spec.learningRate, momentum, beta1, beta2, epsilon);
}

/** @returns rounds of the generator and draws for each value */
function loadKey(engine: Engine, noise: NoiseSource): [rounds: number, draws: number] {
  const keystream = noise.keystream?.();
  if (!keystream) return [8, 1];
  integers(engine, engine.noiseKeyAddress(), 8).set(keystream.key);
  return [keystream.rounds, noise.simulationOnly ? 1 : secretDraws];
}

/** Keys don't outlive their training. */
export function forgetKeys(engine: Engine): void {
  integers(engine, engine.noiseKeyAddress(), 8).fill(0);
  integers(engine, engine.randomKeyAddress(), 8).fill(0);
}
