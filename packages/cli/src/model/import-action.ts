import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeSafetensors, FedwardError, normalisationTensors, sha256, type LossName } from '@fedward/core';
import { writeFileAtomic } from '@fedward/kit-files';
import {
  importedModel,
  importNetwork,
  namingFile,
  readOnnxFile,
  trainability,
  type ImportedModel,
  type ImportOptions,
  type OnnxFile,
  type Trainability,
} from '@fedward/kit-onnx';
import { importedFiles, largeTrainer } from '@fedward/sim-healthcare';
import { printJson, printLine } from '../terminal/output.js';
import { printTable } from '../terminal/table.js';

/** Of `fedward model import`. */
export interface ImportFlags extends Omit<ImportOptions, 'sha256'> {
  readonly out?: string;
  readonly loss?: LossName;
  readonly json?: boolean;
}

/**
 * `fedward model import`. Prints what of an ONNX file would be trained, and writes it as what a plan can have.
 *
 * @throws {FedwardError} as `readOnnxFile`, `importNetwork`, `importedModel` and `trainability`; CONFIG_INVALID for groups
 *   where batch normalisation is kept
 */
export async function importAction(path: string, { out, loss, json, ...options }: ImportFlags): Promise<void> {
  if (options.groups !== undefined && options.batchNorm !== 'group-norm')
    throw new FedwardError('CONFIG_INVALID', '--groups: it goes with --batch-norm group-norm', '--groups');
  const { file, bytes } = await readOnnxFile(path);
  const digest = sha256(bytes);
  const network = importNetwork(file, { ...options, sha256: digest });
  const [model, able] = namingFile(path, () => [importedModel(network, loss), trainability(network)]);
  const files = out === undefined ? [] : await written(out, model, digest);
  const found: Imported = { path, digest, file, model, able, notes: network.notes, files };
  if (json) printJson(document(found));
  else print(found);
}

interface WrittenFile {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** What is told of a file. */
interface Imported {
  readonly path: string;
  readonly digest: string;
  readonly file: OnnxFile;
  readonly model: ImportedModel;
  readonly able: Trainability;
  readonly notes: readonly string[];
  readonly files: readonly WrittenFile[];
}

async function written(
  folder: string,
  { spec, weights, frozen }: ImportedModel,
  digest: string,
): Promise<WrittenFile[]> {
  const training = { trainer: largeTrainer, ...(frozen.length > 0 && { frozen }) };
  const members = new TextEncoder().encode(JSON.stringify({ model: spec, training }, null, 1) + '\n');
  const tensors = encodeSafetensors(weights, { 'fedward.source': digest });
  const contents = { [importedFiles.members]: members, [importedFiles.weights]: tensors };
  await mkdir(folder, { recursive: true });
  const files: WrittenFile[] = [];
  for (const [name, bytes] of Object.entries(contents)) {
    const file = join(folder, name);
    await writeFileAtomic(file, bytes);
    files.push({ file, bytes: bytes.length, sha256: sha256(bytes) });
  }
  return files;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** The tensors with whether they move and whether they are of a normalisation, and how many numbers move. */
function counted({ spec, weights, frozen }: ImportedModel) {
  const still = new Set(frozen);
  const norms = new Set(normalisationTensors(spec));
  const tensors = weights.map(({ name, shape }) => ({
    name,
    shape,
    parameters: sizeOf(shape),
    frozen: still.has(name),
    normalisation: norms.has(name),
  }));
  const sum = (frozen: boolean): number =>
    tensors.reduce((total, tensor) => total + (tensor.frozen === frozen ? tensor.parameters : 0), 0);
  return { tensors, trained: sum(false), frozen: sum(true) };
}

function document({ path, digest, file, model, able, notes, files }: Imported) {
  const { producer, opset, nodes } = file;
  const { tensors, trained, frozen } = counted(model);
  const { spec, outputs } = model;
  return {
    schemaVersion: 1,
    file: { path, sha256: digest, producer, opset, nodes: nodes.length },
    ...{ inputShape: spec.inputShape, outputs, loss: spec.loss, tensors },
    ...{ parameters: { trained, frozen }, multiplyAdds: able.multiplyAdds, notes },
    ...{ refusedUnderPrivacy: able.refusedUnderPrivacy, written: files },
  };
}

function print({ path, digest, file, model, able, notes, files }: Imported): void {
  const { producer, opset, nodes } = file;
  const { tensors, trained, frozen } = counted(model);
  const { spec, outputs } = model;
  const many = (n: number): string => n.toLocaleString('en');
  const by = producer === '' ? '' : `, by ${producer}`;
  printLine(
    `${path}: ${many(nodes.length)} ${nodes.length === 1 ? 'node' : 'nodes'} of ONNX's operators, version ${opset}${by}`,
  );
  printLine(`SHA-256 ${digest}`);
  printLine(
    `takes [N, ${spec.inputShape.join(', ')}]${spec.inputShape.length > 1 ? ', channels last' : ''}; gives ${outputs} value${outputs === 1 ? '' : 's'}; loss ${spec.loss}`,
  );
  printTable(
    ['tensor', 'shape', 'parameters', ''],
    tensors.map(({ name, shape, parameters, frozen, normalisation }) => [
      name,
      `[${shape.join(', ')}]`,
      many(parameters),
      `${frozen ? 'frozen' : 'trained'}${normalisation ? ', of a normalisation' : ''}`,
    ]),
  );
  printLine(
    `trained: ${many(trained)} parameters; frozen: ${many(frozen)}; ${many(able.multiplyAdds)} multiply-adds an example, forward`,
  );
  const norms = tensors.filter(({ normalisation }) => normalisation).length;
  if (norms > 0)
    printLine(
      `of normalisations: ${norms} tensors, scales and shifts; --aggregator fedbn leaves them at each hospital`,
    );
  for (const line of notes) printLine(`Note: ${line}`);
  for (const line of able.refusedUnderPrivacy) printLine(`Refused under differential privacy: ${line}`);
  if (able.refusedUnderPrivacy.length > 0 && spec.layers.some(hasBatchNorm))
    printLine('--batch-norm group-norm makes of batch normalisation what is allowed there.');
  for (const { file, sha256: digest } of files) printLine(`${digest}  ${file}`);
}

function hasBatchNorm(layer: ImportedModel['spec']['layers'][number]): boolean {
  return layer.type === 'graph' && layer.nodes.some(({ op }) => op === 'BatchNormalization');
}
