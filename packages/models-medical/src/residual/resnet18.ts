import { assertInteger, assertThat, type ModelSpec } from '@fedward/core';
import { checked } from '../conv-blocks.js';
import type { Head } from '../head.js';
import { GraphDraft } from './graph-draft.js';

/** What stands behind each convolution in the place of batch norm: neither mixes the examples of a batch. */
export type ResidualNorm = 'group' | 'instance';

/** Of `resnet18`. */
export interface Resnet18Options extends Head {
  /** [height, width, channels]. */
  readonly inputShape: readonly number[];
  /** Default `group`: groups of channels are brought to mean 0 and variance 1. `instance`: each channel alone. */
  readonly norm?: ResidualNorm;
  /** Of group norm. Default 32; where that does not divide a stage's channels, their greatest common divisor. */
  readonly groups?: number;
  /** Channels of the first stage; each of the four has twice as many as the one before. Default 64. */
  readonly width?: number;
}

const blocksOfAStage = 2;
const stages = 4;

/**
 * ResNet-18 (He et al. 2016) in the form that MedMNIST's benchmark has for 28 x 28 pixels (Yang et al. 2023): the first
 * convolution is 3 x 3 with stride 1, and no max pooling follows. Tensors have torchvision's names (`layer1.0.conv1.weight`,
 * `bn1.weight` for the norm that stands there, `fc.weight`), shapes and first values. 11,168,706 parameters for one channel and
 * two classes.
 *
 * It is one layer `graph`, which needs the trainer onnx.
 *
 * @throws {FedwardError} ARGUMENT_INVALID, subject `inputShape`, for what is no image, and for options that make no model
 */
export function resnet18(options: Resnet18Options): ModelSpec {
  const { inputShape, outputs, loss, norm = 'group', groups = 32, width = 64 } = options;
  assertThat(
    inputShape.length === 3,
    'inputShape',
    `an image has the shape [height, width, channels], the data has [${inputShape.join(', ')}]`,
  );
  assertInteger('groups', groups, 1);
  assertInteger('width', width, 1);
  assertThat(norm === 'group' || norm === 'instance', 'norm', `is group or instance, got ${String(norm)}`);
  const draft = new GraphDraft();
  const normalized = (name: string, value: string, channels: number): string =>
    draft.groupNorm(name, value, channels, norm === 'instance' ? channels : greatestCommonDivisor(groups, channels));

  const image = draft.node('Transpose', 'channels-first', ['input'], { perm: [0, 3, 1, 2] });
  let value = draft.convolution('conv1', image, [inputShape[2]!, width, 3, 1]);
  value = draft.relu('relu', normalized('bn1', value, width));
  let channels = width;
  for (let stage = 1; stage <= stages; stage++)
    for (let block = 0; block < blocksOfAStage; block++) {
      const before = channels;
      channels = width * 2 ** (stage - 1);
      value = residualBlock(`layer${stage}.${block}`, value, before, channels, stage > 1 && block === 0 ? 2 : 1);
    }
  const pooled = draft.node('GlobalAveragePool', 'avgpool', [value]);
  const flat = draft.node('Flatten', 'flatten', [pooled], { axis: 1 });
  const bound = { uniform: 1 / Math.sqrt(channels) };
  const weights = draft.tensor('fc.weight', [outputs, channels], bound);
  const last = draft.node('Gemm', 'fc', [flat, weights, draft.tensor('fc.bias', [outputs], bound)], { transB: 1 });
  const { nodes, tensors } = draft;
  const graph = { type: 'graph' as const, opset: 21, input: 'input', output: last, outputShape: [outputs] };
  return checked(inputShape, [{ ...graph, nodes, constants: [], tensors }], loss);

  /** Two convolutions, beside which the input goes on; where the shape changes, through a 1 x 1 convolution. */
  function residualBlock(name: string, input: string, from: number, to: number, stride: number): string {
    const first = draft.convolution(`${name}.conv1`, input, [from, to, 3, stride]);
    const inner = draft.relu(`${name}.relu1`, normalized(`${name}.bn1`, first, to));
    const second = normalized(`${name}.bn2`, draft.convolution(`${name}.conv2`, inner, [to, to, 3, 1]), to);
    const beside =
      stride === 1 && from === to
        ? input
        : normalized(
            `${name}.downsample.1`,
            draft.convolution(`${name}.downsample.0`, input, [from, to, 1, stride]),
            to,
          );
    return draft.relu(`${name}.relu2`, draft.node('Add', `${name}.add`, [second, beside]));
  }
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
