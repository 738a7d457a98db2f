import { readFile } from 'node:fs/promises';
import {
  createParameters,
  FedwardError,
  fileReason,
  layoutOf,
  Random,
  sha256,
  type ModelSpec,
  type Parameters,
  type TrainingPlan,
} from '@fedward/core';
import { frozenTensors } from '@fedward/core/training';
import { initialFrom, initialParameters } from '@fedward/models-medical';
import { weightsOf } from './model-file.js';

/** Weights that a run starts from, as a file has them. */
export interface InitialFile {
  readonly path: string;
  /** Safetensors; of an ONNX file what its weights are as such. */
  readonly bytes: Uint8Array;
  /** `sha256:` and that of the file. */
  readonly digest: string;
}

/**
 * A safetensors file, or an ONNX file.
 * @throws {FedwardError} FILE_NOT_FOUND, or FILE_INVALID where it can't be read
 */
export async function readInitial(path: string): Promise<InitialFile> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw cause.code === 'ENOENT'
      ? new FedwardError('FILE_NOT_FOUND', `--initial: there is no file ${path}`, '--initial', { cause })
      : new FedwardError('FILE_INVALID', `--initial: ${path} can't be read: ${fileReason(cause)}`, '--initial', {
          cause,
        });
  });
  const weights = path.endsWith('.onnx') ? await weightsOf(path, bytes) : bytes;
  return { path, bytes: weights, digest: `sha256:${sha256(bytes)}` };
}

/** A run's first weights, and what is to be said of them. */
export interface FirstWeights {
  readonly parameters: Parameters;
  readonly notices: readonly string[];
  /** What an epsilon takes for granted of them. */
  readonly assumptions: readonly string[];
}

/**
 * By the plan's seed; with a file its tensors, by name, and by the seed what it has none for.
 * @throws {FedwardError} as `initialFrom`; CONFIG_INCOMPATIBLE for a tensor that the file does not have, and of which a graph does
 *   not say how it starts
 */
export function firstWeights(plan: TrainingPlan, file: InitialFile | undefined): FirstWeights {
  const drawn =
    plan.initialWeights === 'zeros'
      ? createParameters(layoutOf(plan.model))
      : initialParameters(file ? drawable(plan.model) : plan.model, new Random(plan.seed).fork('initial'));
  if (!file) return { parameters: drawn, notices: [], assumptions: [] };
  const named = plan.training.frozen?.filter((entry) => typeof entry === 'string');
  const frozen = named && frozenTensors(named, drawn.layout);
  const { parameters, taken, kept, unused } = initialFrom(plan.model, file.bytes, {
    others: drawn,
    ...(frozen && { frozen }),
  });
  assertGiven(plan.model, kept, file.path);
  const rest = kept.length > 0 ? `; drawn anew: ${listed(kept)}` : '';
  const left = unused.length > 0 ? `; not used of it: ${listed(unused)}` : '';
  return {
    parameters,
    notices: [
      `Training started from weights of ${file.path}: ${kept.length > 0 ? listed(taken) : all(taken)}${rest}${left}.`,
    ],
    assumptions: ['the weights that training started from were not learned from these data'],
  };
}

/** Of a model that has all of its tensors from a file, names say something where they are few. */
function all(names: readonly string[]): string {
  return names.length > 20 ? `all ${names.length} tensors` : names.join(', ');
}

/** Names of tensors, of which a large network has hundreds. */
function listed(names: readonly string[]): string {
  return names.length > 20 ? `${names.slice(0, 10).join(', ')} and ${names.length - 10} more` : names.join(', ');
}

/** With zeros for what a graph does not say how to draw, since the file is to have it. */
function drawable(model: ModelSpec): ModelSpec {
  const layers = model.layers.map((layer) => {
    if (layer.type !== 'graph') return layer;
    return { ...layer, tensors: layer.tensors.map((tensor) => ({ initial: 'zeros' as const, ...tensor })) };
  });
  return { ...model, layers };
}

function assertGiven(model: ModelSpec, kept: readonly string[], path: string): void {
  const drawn = new Set(kept);
  for (const [position, layer] of model.layers.entries()) {
    if (layer.type !== 'graph') continue;
    const missing = layer.tensors.find(({ name, initial }) => !initial && drawn.has(`${position}.graph.${name}`));
    if (!missing) continue;
    const name = `${position}.graph.${missing.name}`;
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      `${path} has no ${name}, and the model does not say how it starts`,
      name,
    );
  }
}
