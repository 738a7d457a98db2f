import { layoutOf, Random, tensorValues, type GraphLayer, type ModelSpec } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { initialParameters, models, resnet18 } from '../index.js';

const image = { inputShape: [28, 28, 1], outputs: 2, loss: 'softmax-cross-entropy' } as const;
const graphOf = (spec: ModelSpec): GraphLayer => spec.layers[0] as GraphLayer;
const groupsOf = (spec: ModelSpec): Set<unknown> =>
  new Set(
    graphOf(spec)
      .nodes.filter(({ op }) => op === 'GroupNormalization')
      .map(({ attributes }) => attributes!['num_groups']),
  );

describe('resnet18', () => {
  it("has torchvision's number of parameters, less the first kernel's that is smaller here", () => {
    // torchvision's resnet18 has 11,689,512 with a 7 x 7 kernel over three channels and 1,000 classes.
    const ofTorchvision = 11_689_512 - 64 * 3 * 49 - 1000 * 513;
    expect(layoutOf(resnet18(image)).size).toBe(ofTorchvision + 64 * 9 + 2 * 513);
    expect(layoutOf(resnet18({ ...image, outputs: 10 })).size).toBe(11_172_810);
    const { tensors } = layoutOf(resnet18({ ...image, inputShape: [28, 28, 3], outputs: 10 }));
    // 20 convolutions, a norm of two tensors behind each, and the last layer's two.
    expect(tensors).toHaveLength(20 * 3 + 2);
    expect(tensors.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0)).toBe(11_173_962);
  });

  it("has torchvision's names, and a 1 x 1 convolution beside the first block of stages 2 to 4 alone", () => {
    const names = graphOf(resnet18(image)).tensors.map(({ name }) => name);
    expect(names.slice(0, 4)).toEqual(['conv1.weight', 'bn1.weight', 'bn1.bias', 'layer1.0.conv1.weight']);
    expect(names.filter((name) => name.includes('downsample.0'))).toEqual([
      'layer2.0.downsample.0.weight',
      'layer3.0.downsample.0.weight',
      'layer4.0.downsample.0.weight',
    ]);
    expect(names.slice(-2)).toEqual(['fc.weight', 'fc.bias']);
  });

  it('names each value once, before it is used', () => {
    const { nodes, tensors, input, output } = graphOf(resnet18(image));
    const known = new Set([input, ...tensors.map(({ name }) => name)]);
    for (const { inputs, outputs } of nodes) {
      for (const name of inputs) expect(known).toContain(name);
      for (const name of outputs) {
        expect(known).not.toContain(name);
        known.add(name);
      }
    }
    expect(known).toContain(output);
  });

  it('starts as He et al. say: by the number of outputs that an input reaches', () => {
    const spec = resnet18({ ...image, width: 8 });
    const parameters = initialParameters(spec, new Random(3));
    const values = tensorValues(parameters, '0.graph.layer4.1.conv2.weight');
    const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    // 36,864 draws: the relative standard error of a variance is sqrt(2 / n), 0.7%.
    expect(variance).toBeGreaterThan((0.96 * 2) / (64 * 9));
    expect(variance).toBeLessThan((1.04 * 2) / (64 * 9));
    expect(new Set(tensorValues(parameters, '0.graph.layer2.0.bn2.weight'))).toEqual(new Set([1]));
    expect(new Set(tensorValues(parameters, '0.graph.layer2.0.bn2.bias'))).toEqual(new Set([0]));
    const last = tensorValues(parameters, '0.graph.fc.weight').map(Math.abs);
    expect(Math.max(...last)).toBeLessThanOrEqual(1 / 8);
    expect(Math.max(...last)).toBeGreaterThan(0.9 / 8);
  });

  it('takes the groups that it is told, or as many as divide the channels', () => {
    expect(groupsOf(resnet18(image))).toEqual(new Set([32]));
    expect(groupsOf(resnet18({ ...image, width: 12 }))).toEqual(new Set([4, 8, 16, 32]));
    expect(groupsOf(resnet18({ ...image, norm: 'instance', width: 8 }))).toEqual(new Set([8, 16, 32, 64]));
  });

  it('has the outputs and the loss of the label, by its name', () => {
    const { loss, layers } = models['resnet18']!({ inputShape: [16, 16, 1], classes: 1, label: 'time-to-event' });
    expect([loss, (layers[0] as GraphLayer).outputShape]).toEqual(['cox', [1]]);
  });

  it.each([
    [{ inputShape: [28, 28] }, 'inputShape'],
    [{ groups: 0 }, 'groups'],
    [{ width: 0.5 }, 'width'],
    [{ norm: 'batch' as never }, 'norm'],
  ])('refuses %j', (options, subject) => {
    expect(() => resnet18({ ...image, ...options })).toThrow(
      expect.objectContaining({ code: 'ARGUMENT_INVALID', subject }),
    );
  });
});
