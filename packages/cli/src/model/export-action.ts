import { join } from 'node:path';
import { FedwardError, sha256 } from '@fedward/core';
import { writeFileAtomic } from '@fedward/kit-files';
import {
  onnxModel,
  portsJson,
  portsMarkdown,
  toKerasJson,
  toSafetensors,
  toTfjs,
  type ExportedFile,
  type Port,
} from '@fedward/model-export';
import { readBundle, type ModelBundle } from '@fedward/model-bundle';
import { printJson, printLine } from '../terminal/output.js';

/** What a model can be written as. */
export type ExportFormat = 'onnx' | 'tfjs' | 'safetensors' | 'keras-json';

/** Of `fedward model export`. */
export interface ExportFlags {
  readonly format: ExportFormat;
  readonly out: string;
  readonly hospital?: string;
  readonly json?: boolean;
}

/** What is written, and what a reader has to know of it. */
interface Exported {
  /** By their whole paths. */
  readonly files: readonly ExportedFile[];
  /** Of an ONNX graph. */
  readonly inputs?: readonly Port[];
  readonly outputs?: readonly Port[];
  /** What the file does not do, in sentences. */
  readonly notInside: readonly string[];
}

/**
 * `fedward model export`. Prints each file with its SHA-256, what the model takes and gives, and what is not inside.
 *
 * @throws {FedwardError} as `toOnnx` and reading and writing files; ARGUMENT_INVALID for a hospital where none is asked for
 */
export async function exportAction(path: string, { format, out, hospital, json }: ExportFlags): Promise<void> {
  if (hospital !== undefined && format !== 'onnx')
    throw new FedwardError(
      'ARGUMENT_INVALID',
      `--hospital says whose preprocessing goes into an ONNX graph, and ${format} has none inside`,
      'hospital',
    );
  const bundle = await readBundle(path);
  const digest = bundle.sha256;
  const exported = exportedAs(format, bundle, { out, hospital, digest });
  for (const { name, bytes } of exported.files) await writeFileAtomic(name, bytes);
  const files = exported.files.map(({ name, bytes }) => ({ file: name, bytes: bytes.length, sha256: sha256(bytes) }));
  const { inputs, outputs, notInside } = exported;
  if (json) {
    printJson({ format, model: { path, sha256: digest }, files, ...(inputs && { inputs, outputs }), notInside });
    return;
  }
  // In the format of sha256sum, which checks these lines with `--check`.
  for (const { file, sha256: digest } of files) printLine(`${digest}  ${file}`);
  printPorts('takes', inputs);
  printPorts('gives', outputs);
  for (const line of notInside) printLine(`Not inside: ${line}`);
}

function printPorts(verb: string, ports: readonly Port[] = []): void {
  for (const { name, type, shape, meaning } of ports)
    printLine(`${verb} "${name}" ${type} [${shape.join(', ')}]: ${meaning}`);
}

interface Wanted {
  readonly out: string;
  readonly hospital: string | undefined;
  readonly digest: string;
}

function exportedAs(format: ExportFlags['format'], bundle: ModelBundle, { out, hospital, digest }: Wanted): Exported {
  const { manifest } = bundle;
  const within = (files: readonly ExportedFile[]): readonly ExportedFile[] =>
    files.map(({ name, bytes }) => ({ name: join(out, name), bytes }));
  const alone = 'preprocessing: what is in preprocessing.json has to be done to a record before the model sees it';
  switch (format) {
    case 'safetensors':
      return { files: [{ name: out, bytes: toSafetensors(bundle) }], notInside: [] };
    case 'tfjs':
      return { files: within(toTfjs(bundle)), notInside: [alone, ...groupNorm(bundle)] };
    case 'keras-json':
      return { files: within(toKerasJson(bundle)), notInside: [alone] };
    case 'onnx': {
      const model = onnxModel(bundle, { hospital, digest });
      const notes = portsMarkdown(manifest, model);
      const ports = JSON.stringify(portsJson(manifest, model), null, 2) + '\n';
      const encoder = new TextEncoder();
      return {
        files: [
          { name: out, bytes: model.bytes },
          { name: `${out}.json`, bytes: encoder.encode(ports) },
          { name: `${out}.md`, bytes: encoder.encode(notes) },
        ],
        ...{ inputs: model.inputs, outputs: model.outputs },
        notInside: manifest.preprocessing
          ? []
          : ['preprocessing: nothing says what is done to a record, features are taken as they are'],
      };
    }
  }
}

function groupNorm({ manifest }: ModelBundle): string[] {
  return manifest.model.layers.some(({ type }) => type === 'group-norm')
    ? [
        'group normalisation, which TensorFlow.js has no layer for: call registerLayers() of @fedward/trainer-tfjs first',
      ]
    : [];
}
