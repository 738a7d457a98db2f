import { outputSize, parseWith, type LocalTrainer, type TrainerCapability, type TrainingPlan } from '@fedward/core';
import {
  appliedWishes,
  assertFeatures,
  assertLabels,
  assertLayout,
  assertTrainingData,
  frozenTensors,
  maskKeystream,
  objectiveOf,
  placeWishes,
  predictInPieces,
  runSteps,
  splitTrained,
  startValues,
} from '@fedward/core/training';
import * as z from 'zod';
import { backendNames } from './backends.js';
import { compile } from './program/compiled.js';
import { SessionCache, type Leases } from './program/lease.js';
import { keyOf, trainedTensors, writeGraph, type GraphKind } from './program/model.js';
import { isByExample } from './program/targets.js';
import { startRuntime } from './start.js';
import { onnxObjective } from './training/objective.js';
import { Runner, type Place } from './training/runner.js';

/** The options of this trainer. */
export const onnxOptions = z.strictObject({
  backend: z
    .enum(backendNames)
    .default('cpu')
    .describe('what ONNX Runtime computes on: cpu, webgpu, cuda, directml or coreml'),
  threads: z
    .int()
    .min(1)
    .max(1024)
    .default(1)
    .describe('of one training; with more than one, results may differ in their last bits from those of one'),
});

/**
 * `backend`: what ONNX Runtime computes on, `cpu` (default), `webgpu`, `cuda`, `directml` or `coreml`.
 * `threads`: of one training, default 1. Trainings that run at once in worker threads have so many each.
 */
export type OnnxTrainerOptions = z.input<typeof onnxOptions>;

const provides: readonly TrainerCapability[] = [
  ...['per-example-clipping', 'batch-mean-clipping'],
  ...['proximal-term', 'frozen-tensors', 'correction', 'private-tensors'],
  ...['class-weights', 'label-smoothing', 'generalized-cross-entropy', 'small-loss-selection'],
  'augmentation',
];

/** Graphs that are kept open while none is in use: of two models each those for training and for predictions. */
const keptSessions = 4;

/**
 * Trains model specs, graphs of ONNX operators among them, on ONNX Runtime: forward pass, gradients and per-example
 * clipping are one graph each, of inference operators alone. The runtime (onnxruntime-node) is loaded with the first use.
 * Same plan, data, random stream and noise: same bits, on one version of the runtime, kind of processor and number of
 * threads; a GPU promises no bits.
 *
 * Random numbers are those of core's counter-based generator, as those of trainer-wasm and trainer-tfjs.
 *
 * `train` and `predict` reject with a FedwardError: CONFIG_INCOMPATIBLE for a payload, wishes or gradient privacy that
 * can't be met, an operator without a gradient, a runtime or backend that is not there; DATA_EMPTY, DATA_MALFORMED,
 * DATA_NOT_FINITE, LABEL_INVALID for the data; ABORTED.
 *
 * @throws {FedwardError} CONFIG_INVALID for unknown options
 */
export function onnxTrainer(options: OnnxTrainerOptions = {}): LocalTrainer {
  const { backend, threads } = parseWith(onnxOptions, options, 'the options of onnxTrainer');
  const cache = new SessionCache(keptSessions);
  let place: Promise<Place> | undefined;
  const ready = (): Promise<Place> => {
    place ??= startRuntime(backend, threads);
    place.catch(() => (place = undefined));
    return place;
  };
  const withSessions = async <T>(work: (leases: Leases) => Promise<T>): Promise<T> => {
    const leases = cache.lease();
    try {
      return await work(leases);
    } finally {
      leases.release();
    }
  };
  return {
    name: 'onnx',
    provides,
    describe: async () => {
      const { runtime } = await ready();
      return `onnx (${backend}, ONNX Runtime ${runtime.env.versions.node ?? runtime.env.versions.common}, threads: ${threads})`;
    },
    validate: assertTrainable,
    train: (payload, data, context, signal) =>
      withSessions(async (leases) => {
        const { model, training } = context.plan;
        const compiled = compile(model);
        assertLayout(payload, compiled.layout);
        assertTrainingData(data, model.inputShape);
        assertLabels(model.loss, data.labels, outputSize(model));
        const { privateTensors, ...wishes } = placeWishes(context.wishes, payload.layout);
        const frozen = new Set(wishes.frozen.map(({ name }) => name));
        // Patients are clipped by their own gradients: what mixes examples is refused here.
        if (context.gradientPrivacy?.clip === 'per-example') assertByExample(context.plan, frozen);
        const masks = maskKeystream(context);
        const shape = objectiveOf(training.objective, context.round);
        const runner = new Runner(compiled, await ready(), leases, { frozen, shape, masked: true });
        const objective = onnxObjective(compiled, runner, masks, shape);
        const first = startValues(payload, { privateTensors });
        const { values, applied, ...done } = await runSteps(objective, first, data, context, masks, wishes, signal);
        const kept = appliedWishes({ proximalMu: 0, frozen: [], privateTensors });
        return { ...splitTrained(values, payload, { privateTensors }), ...done, applied: { ...applied, ...kept } };
      }),
    predict: (model, parameters, data) =>
      withSessions(async (leases) => {
        const compiled = compile(model);
        assertLayout(parameters, compiled.layout);
        assertFeatures(data, model.inputShape);
        const runner = new Runner(compiled, await ready(), leases);
        return predictInPieces(data, compiled.width, (features, size) =>
          runner.outputs(parameters.values, { size, features, labels: new Float32Array(size), masks: [] }),
        );
      }),
  };
}

/** Graphs are written, not run: what has no gradient is refused before a study begins. */
function assertTrainable(plan: TrainingPlan): void {
  const { model, training, privacy } = plan;
  const compiled = compile(model);
  const frozen = new Set(frozenTensors(training.frozen, compiled.layout));
  if (privacy && training.batches.kind === 'poisson') assertByExample(plan, frozen);
  else writeGraph(compiled, { mode: 'given', masked: true, frozen });
}

/** @throws {FedwardError} CONFIG_INCOMPATIBLE for an operator without a gradient by example */
function assertByExample({ model, training }: TrainingPlan, frozen: ReadonlySet<string>): void {
  const compiled = compile(model);
  const kind: GraphKind = { mode: 'clipped', masked: true, frozen };
  const key = keyOf(compiled, kind);
  // Of other losses core says why they can't be clipped by example.
  if (!isByExample(model.loss, objectiveOf(training.objective, 0)) || compiled.checked.has(key)) return;
  if (trainedTensors(compiled, frozen).length > 0) writeGraph(compiled, kind);
  compiled.checked.add(key);
}
