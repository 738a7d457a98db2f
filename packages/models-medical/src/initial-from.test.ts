import { createParameters, encodeSafetensors, layoutOf, Random, tensorValues, type NamedTensor } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { imagingCnn, initialFrom, initialParameters, type InitialFromOptions } from './index.js';

const twoClasses = imagingCnn({ inputShape: [8, 8, 1], outputs: 2, loss: 'softmax-cross-entropy', filters: [4] });
const fiveClasses = imagingCnn({ inputShape: [8, 8, 1], outputs: 5, loss: 'softmax-cross-entropy', filters: [4] });
const pretrained = initialParameters(fiveClasses, new Random(1));
const others = initialParameters(twoClasses, new Random(2));
const body = ['0.conv2d.kernel', '0.conv2d.bias', '1.group-norm.scale', '1.group-norm.shift'];
const head = ['5.dense.kernel', '5.dense.bias'];

const tensorsOf = (names: readonly string[], rename = (name: string): string => name): NamedTensor[] =>
  layoutOf(fiveClasses)
    .tensors.filter(({ name }) => names.includes(name))
    .map(({ name, shape }) => ({ name: rename(name), shape, values: tensorValues(pretrained, name).slice() }));
const from = (tensors: readonly NamedTensor[], options: Partial<InitialFromOptions> = {}) =>
  initialFrom(twoClasses, encodeSafetensors(tensors), { others, ...options });
const error = (code: string, subject: string) => expect.objectContaining({ code, subject });

describe('initialFrom', () => {
  it('takes the tensors of the same name and leaves the others, and tells which', () => {
    const { parameters, taken, kept, unused } = from([...tensorsOf(body), { ...tensorsOf(body)[0]!, name: 'extra' }]);
    expect([taken, kept, unused]).toEqual([body, head, ['extra']]);
    for (const name of body) expect(tensorValues(parameters, name)).toEqual(tensorValues(pretrained, name));
    for (const name of head) expect(tensorValues(parameters, name)).toEqual(tensorValues(others, name));
  });

  it('leaves the weights that it was given as they were', () => {
    const before = others.values.slice();
    from(tensorsOf(body));
    expect(others.values).toEqual(before);
  });

  it('takes all of what encodeSafetensors wrote of the model itself', () => {
    const file = encodeSafetensors(tensorsOf([...body, ...head]));
    const first = initialParameters(fiveClasses, new Random(3));
    const { parameters, kept } = initialFrom(fiveClasses, file, { others: first });
    expect(parameters.values).toEqual(pretrained.values);
    expect(kept).toEqual([]);
  });

  it('finds tensors under other names, by a function or an object, which may leave some out', () => {
    const file = tensorsOf(body, (name) => `features.${name}`);
    expect(from(file, { map: (name) => `features.${name}` }).taken).toEqual(body);
    expect(from(file, { map: { '0.conv2d.kernel': 'features.0.conv2d.kernel' } })).toMatchObject({
      taken: ['0.conv2d.kernel'],
      unused: body.slice(1).map((name) => `features.${name}`),
    });
    expect(
      from(tensorsOf([...body, ...head]), { map: (name) => (head.includes(name) ? undefined : name) }).kept,
    ).toEqual(head);
  });

  it('names a tensor of another shape or element type, or with a NaN, and never passes over it', () => {
    expect(() => from(tensorsOf([...body, ...head]))).toThrow(error('FILE_INVALID', '5.dense.kernel'));
    expect(() => from(tensorsOf([...body, ...head]))).toThrow(/\[64, 5\].*\[64, 2\]/);
    const [kernel] = tensorsOf(body);
    const doubles = { ...kernel!, values: Float64Array.from(kernel!.values) };
    expect(() => from([doubles])).toThrow(error('FILE_INVALID', '0.conv2d.kernel'));
    const broken = { ...kernel!, values: Float32Array.from(kernel!.values).fill(NaN, 3, 4) };
    expect(() => from([broken])).toThrow(error('DATA_NOT_FINITE', '0.conv2d.kernel'));
    // The same number of values in another order of axes: PyTorch's.
    const turned = { ...kernel!, shape: [4, 1, 3, 3] };
    expect(() => from([turned])).toThrow(error('FILE_INVALID', '0.conv2d.kernel'));
  });

  it('refuses a file of which nothing is taken, and what is no safetensors file', () => {
    expect(() => from(tensorsOf(body, (name) => `x.${name}`))).toThrow(/has x\.0\.conv2d\.kernel.*give a map/);
    expect(() => from([])).toThrow(error('FILE_INVALID', 'file'));
    expect(() => initialFrom(twoClasses, new Uint8Array(100), { others })).toThrow(
      expect.objectContaining({ code: 'FILE_INVALID' }),
    );
  });

  it('refuses to freeze what would be random', () => {
    expect(from(tensorsOf(body), { frozen: body }).taken).toEqual(body);
    expect(() => from(tensorsOf(body), { frozen: [...body, head[0]!] })).toThrow(
      error('CONFIG_INCOMPATIBLE', head[0]!),
    );
    expect(() => from(tensorsOf(body), { frozen: ['9.dense.kernel'] })).toThrow(/no tensor of the model/);
  });

  it('refuses a map that names a tensor twice, or one that the model does not have, and weights of another model', () => {
    expect(() => from(tensorsOf(body), { map: () => body[0] })).toThrow(
      /0\.conv2d\.kernel and 0\.conv2d\.bias would both/,
    );
    expect(() => from(tensorsOf(body), { map: { '7.dense.kernel': body[0]! } })).toThrow(
      error('ARGUMENT_INVALID', 'map'),
    );
    const wrong = createParameters(layoutOf(fiveClasses));
    expect(() => from(tensorsOf(body), { others: wrong })).toThrow(error('CONFIG_INCOMPATIBLE', 'others'));
  });
});
