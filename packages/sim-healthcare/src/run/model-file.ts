import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  encodeSafetensors,
  FedwardError,
  layoutOf,
  outputSize,
  parseWith,
  sha256,
  type LossName,
  type ModelSpec,
  type TrainingPlan,
  modelSpecSchema,
} from '@fedward/core';
import { frozenTensors } from '@fedward/core/training';
import { readBytes } from '@fedward/kit-files';
import { models } from '@fedward/models-medical';
import * as z from 'zod';
import { largeTrainer } from '../plugins/catalogue.js';
import type { Population } from '../scenario/scenario.js';

/** The files of a folder that `fedward model import` writes. */
export const importedFiles = { members: 'model.json', weights: 'weights.safetensors' } as const;

/** Members of a plan, as `fedward model import` writes them. */
const membersSchema = z.strictObject({
  model: modelSpecSchema,
  training: z.strictObject({ trainer: z.string(), frozen: z.array(z.string()).optional() }),
});

/** A network out of a file or folder: members of a plan, and the weights that training starts from. */
export interface ModelFile extends z.output<typeof membersSchema> {
  /** A whole path. */
  readonly initial: string;
}

/** Whether `--model` names a file or folder, and not one of the models that come with fedward. */
export function isModelFile(model: string): boolean {
  if (Object.hasOwn(models, model)) return false;
  return model.endsWith('.onnx') || /[\\/]/.test(model) || existsSync(model);
}

/**
 * A network of one's own: an ONNX file, read as `fedward model import` does it without options, or a folder that it wrote.
 * @param population whose data it is for
 * @throws {FedwardError} FILE_NOT_FOUND, FILE_INVALID or CONFIG_INCOMPATIBLE as `readOnnxFile` and `importNetwork`;
 *   CONFIG_INCOMPATIBLE, `--model` its subject, where its input or its outputs are not the data's
 */
export async function readModelFile(path: string, population: Population): Promise<ModelFile> {
  const read = isFolder(path) ? await readFolder(path) : await readOnnxModel(path, lossOfOne(population));
  assertFits(read.model, population, path);
  return read;
}

/**
 * The same without data that it must fit, for a plan whose data lie with hospitals.
 * @throws {FedwardError} as `readModelFile`
 */
export async function readModelAlone(path: string): Promise<ModelFile> {
  return isFolder(path) ? readFolder(path) : readOnnxModel(path);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

async function readFolder(folder: string): Promise<ModelFile> {
  const path = join(folder, importedFiles.members);
  const bytes = await readBytes(path, { option: '--model' });
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch (cause) {
    throw new FedwardError('FILE_INVALID', `--model: ${path} is no JSON`, path, { cause });
  }
  return { ...parseWith(membersSchema, value, path), initial: resolve(folder, importedFiles.weights) };
}

/** Of a network with one output. */
function lossOfOne({ classes, label }: Population): LossName {
  if (label === 'time-to-event') return 'cox';
  return classes === 1 ? 'squared-error' : 'sigmoid-cross-entropy';
}

/** @param one loss of a network with one output; default: that of `importedModel` */
async function readOnnxModel(path: string, one?: LossName): Promise<ModelFile> {
  const { importedModel, importNetwork, namingFile, readOnnxFile } = await import('@fedward/kit-onnx');
  const { file, bytes } = await readOnnxFile(path, '--model');
  const network = importNetwork(file, { sha256: sha256(bytes) });
  const outputs = network.layer.outputShape.reduce((product, n) => product * n, 1);
  const { spec, frozen } = namingFile(path, () => importedModel(network, outputs === 1 ? one : undefined));
  const training = { trainer: largeTrainer, ...(frozen.length > 0 && { frozen: [...frozen] }) };
  return { model: spec, training, initial: resolve(path) };
}

function shapeWords(shape: readonly number[]): string {
  return `[${shape.join(', ')}]${shape.length > 1 ? ', channels last' : ''}`;
}

function assertFits(model: ModelSpec, { inputShape, classes }: Population, path: string): void {
  const refuse = (why: string): never => {
    throw new FedwardError('CONFIG_INCOMPATIBLE', `--model: ${path} ${why}`, '--model');
  };
  if (model.inputShape.join() !== inputShape.join())
    refuse(`takes examples of ${shapeWords(model.inputShape)}, and the data's are ${shapeWords(inputShape)}`);
  const outputs = outputSize(model);
  if (model.loss === 'softmax-cross-entropy' && outputs !== classes)
    refuse(`gives ${outputs} values, and the label has ${classes === 1 ? 'none but a value' : `${classes} classes`}`);
  if (model.loss === 'sigmoid-cross-entropy' && classes !== 2)
    refuse(`gives one value, and the label has ${classes === 1 ? 'no classes' : `${classes} classes`}`);
}

/**
 * The members of a plan with those of a model's file below them; what either freezes is frozen.
 * @param config as the caller has it, of which nothing is known yet
 * @throws {FedwardError} CONFIG_INVALID for a config with a model of its own
 */
export function withModelFile(config: unknown, { model, training }: ModelFile): unknown {
  if (config === undefined) return { model, training };
  if (typeof config !== 'object' || config === null || Array.isArray(config)) return config;
  const { model: other, training: own, ...members } = config as Record<string, unknown>;
  if (other !== undefined)
    throw new FedwardError(
      'CONFIG_INVALID',
      '--model: the config has a model of its own: leave one of them out',
      '--model',
    );
  if (own !== undefined && (typeof own !== 'object' || own === null)) return config;
  const { frozen: theirs, ...rest } = (own ?? {}) as Record<string, unknown>;
  const both = Array.isArray(theirs) ? [...new Set([...(training.frozen ?? []), ...(theirs as unknown[])])] : theirs;
  const frozen = both ?? training.frozen;
  return { ...members, model, training: { ...training, ...rest, ...(frozen !== undefined && { frozen }) } };
}

/** @throws {FedwardError} CONFIG_INCOMPATIBLE for a plan that would move what must stay: running statistics */
export function assertStillFrozen(plan: TrainingPlan, { training }: ModelFile): void {
  const frozen = new Set(frozenTensors(plan.training.frozen, layoutOf(plan.model)));
  const moved = (training.frozen ?? []).filter((name) => !frozen.has(name));
  if (moved.length === 0) return;
  const which = moved.length > 3 ? `${moved.slice(0, 3).join(', ')} and ${moved.length - 3} more` : moved.join(', ');
  const message = `training.frozen leaves out ${which}: running statistics have no gradient, they stay as they are`;
  throw new FedwardError('CONFIG_INCOMPATIBLE', message, 'training.frozen');
}

/** An ONNX file's weights as a safetensors file, by the names of the layout. */
export async function weightsOf(path: string, bytes: Uint8Array): Promise<Uint8Array> {
  const { layoutName, readOnnx, weightsIn } = await import('@fedward/kit-onnx');
  const tensors = weightsIn(readOnnx(bytes, path)).map(({ name, shape, values }) => ({
    name: layoutName(name),
    shape,
    values: values as Float32Array,
  }));
  return encodeSafetensors(tensors);
}
