import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Files that PyTorch 2.13 wrote (write_files.py), by their names without ending. */
export const fileNames = [
  'mlp-softmax',
  'mlp-batch-norm',
  'signal',
  'residual-batch-norm',
  'residual-fused',
  'residual-one-example',
  'residual-dynamo',
  'group-norm-sigmoid',
] as const;
export type FileName = (typeof fileNames)[number];

const folder = join(import.meta.dirname, 'files');

/** The bytes of one. */
export function fileNamed(name: FileName): Uint8Array {
  return new Uint8Array(readFileSync(join(folder, `${name}.onnx`)));
}

/** Three examples in the order of the file, and what PyTorch gives for each: logits. */
export interface Expected {
  readonly inputShape: readonly number[];
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly outputs: number;
}

export const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Record<FileName, Expected>;
