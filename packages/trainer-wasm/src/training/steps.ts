import type { ClientContext, TrainingData } from '@fedward/core';
import { assertNotAborted, createPacer, drawBatches, stepsOf } from '@fedward/core/training';
import type { Engine } from '../engine/engines.js';
import { floats, integers } from '../engine/load.js';
import { createPieces } from './pieces.js';

/** All steps of one round, on a program that is loaded. @returns their number */
export async function runSteps(
  engine: Engine,
  data: TrainingData,
  context: ClientContext,
  signal: AbortSignal,
  patients: Uint32Array | undefined,
): Promise<number> {
  const { batches } = context.plan.training;
  const steps = stepsOf(batches, data.count);
  const ownDraws = context.noise.keystream !== undefined;
  if (batches.kind !== 'poisson' && (ownDraws || !context.gradientPrivacy))
    return shuffledSteps(engine, data.count, { size: batches.size, steps }, context, signal);
  if (batches.kind === 'poisson' && ownDraws) {
    await createPieces(signal)(batches.steps, (first, count) => engine.poissonSteps(first, count));
    return batches.steps;
  }
  return hostDrawnSteps(engine, data.count, context, signal, patients);
}

async function shuffledSteps(
  engine: Engine,
  count: number,
  { size: asked, steps }: { readonly size: number; readonly steps: number },
  { random }: ClientContext,
  signal: AbortSignal,
): Promise<number> {
  const size = Math.min(asked, count); // what the program counts with has 32 bits
  const perEpoch = Math.ceil(count / size);
  const inPieces = createPieces(signal);
  for (let epoch = 0; epoch * perEpoch < steps; epoch++) {
    integers(engine, engine.orderAddress(), count).set(random.fork('epoch', epoch).permutation(count));
    await inPieces(Math.min(perEpoch, steps - epoch * perEpoch), (first, some) =>
      engine.shuffledSteps(epoch * perEpoch + first, some, first * size, size),
    );
  }
  return steps;
}

/** For a noise source that has to be asked for each draw. */
async function hostDrawnSteps(
  engine: Engine,
  count: number,
  context: ClientContext,
  signal: AbortSignal,
  patients: Uint32Array | undefined,
): Promise<number> {
  const { plan, gradientPrivacy } = context;
  const pace = createPacer();
  let step = 0;
  for (const { rows, noise } of drawBatches(plan.training.batches, count, context, patients)) {
    await pace();
    assertNotAborted(signal);
    const chosen = patients ? [...new Set(Array.from(rows, (row) => patients[row]!))] : rows;
    integers(engine, engine.chosenAddress(), chosen.length).set(chosen);
    const size = engine.gradient(step, chosen.length);
    const gradient = (): Float32Array => floats(engine, engine.gradientAddress(), engine.weights);
    if (gradientPrivacy) {
      noise.addGaussian(gradient(), engine.noiseDeviation(size));
      engine.noteNoise();
    }
    engine.update(size);
    step += 1;
  }
  return step;
}
