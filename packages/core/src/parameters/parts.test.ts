import { describe, expect, it } from 'vitest';
import { createLayout, createParameters } from './parameters.js';
import { concatTensors, partOfTensors, pickTensors } from './parts.js';

const model = createLayout([
  { name: 'w', shape: [2] },
  { name: 'b', shape: [] },
]);
const whole = () =>
  concatTensors({
    '': createParameters(model, Float32Array.of(1, 2, 3)),
    control: createParameters(model, Float32Array.of(4, 5, 6)),
  });

describe('concatTensors', () => {
  it('puts tensors one after the other, each name behind its part', () => {
    const { layout, values } = whole();
    expect(layout.tensors.map(({ name }) => name)).toEqual(['w', 'b', 'control/w', 'control/b']);
    expect(values).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
  });

  it('keeps the type of the numbers', () => {
    const { values } = concatTensors({ a: { layout: model, values: Uint32Array.of(1, 2, 2 ** 32 - 1) } });
    expect(values).toEqual(Uint32Array.of(1, 2, 2 ** 32 - 1));
  });

  it('copies', () => {
    const part = createParameters(model);
    const all = concatTensors({ part });
    part.values[0] = 1;
    expect(all.values[0]).toBe(0);
  });

  it('refuses no parts, and a name that comes twice', () => {
    expect(() => concatTensors({})).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID', subject: 'parts' }));
    const slash = createParameters(createLayout([{ name: 'a/w', shape: [1] }]));
    const plain = createParameters(createLayout([{ name: 'w', shape: [1] }]));
    expect(() => concatTensors({ '': slash, a: plain })).toThrow(expect.objectContaining({ subject: 'a/w' }));
  });

  it('refuses parts of two types of numbers, which one array can not hold', () => {
    const mixed = { a: createParameters(model), b: { layout: model, values: new Uint32Array(3) } };
    expect(() => concatTensors<Float32Array | Uint32Array>(mixed)).toThrow(
      expect.objectContaining({ code: 'ARGUMENT_INVALID', subject: 'b' }),
    );
  });
});

describe('partOfTensors', () => {
  it('gives back each part, as a view', () => {
    const all = whole();
    expect(partOfTensors(all, '', model)).toEqual(createParameters(model, Float32Array.of(1, 2, 3)));
    const control = partOfTensors(all, 'control', model);
    expect(control.values).toEqual(Float32Array.of(4, 5, 6));
    control.values[0] = 9;
    expect(all.values[3]).toBe(9);
  });

  it('refuses a part that is not there, or not all of it', () => {
    for (const part of ['other', 'contro', '__proto__'])
      expect(() => partOfTensors(whole(), part, model)).toThrow(
        expect.objectContaining({ code: 'ARGUMENT_INVALID', subject: part }),
      );
    const longer = createLayout([
      ...model.tensors.map(({ name, shape }) => ({ name, shape })),
      { name: 'c', shape: [9] },
    ]);
    expect(() => partOfTensors(whole(), 'control', longer)).toThrow(expect.objectContaining({ subject: 'control' }));
  });

  it('refuses a part of other tensors', () => {
    const other = createLayout([
      { name: 'w', shape: [1] },
      { name: 'b', shape: [] },
    ]);
    expect(() => partOfTensors(whole(), 'control', other)).toThrow(expect.objectContaining({ subject: 'control' }));
  });
});

describe('pickTensors', () => {
  const whole = createParameters(
    createLayout([
      { name: 'c', shape: [1] },
      { name: 'b', shape: [2, 1] },
      { name: 'a', shape: [2] },
    ]),
    Float32Array.of(1, 2, 3, 4, 5),
  );
  const wanted = createLayout([
    { name: 'a', shape: [2] },
    { name: 'b', shape: [2, 1] },
  ]);

  it('finds tensors by name, in the order that is wanted', () => {
    const picked = pickTensors(whole, wanted);
    expect(picked).toEqual(createParameters(wanted, Float32Array.of(4, 5, 2, 3)));
    expect(pickTensors(picked, wanted)).toBe(picked);
  });

  it('names one that is missing, or of another shape', () => {
    const refused = (name: string, shape: number[]) =>
      expect(() => pickTensors(whole, createLayout([{ name, shape }]))).toThrow(
        expect.objectContaining({ code: 'ARGUMENT_INVALID', subject: name }),
      );
    refused('d', [1]);
    refused('b', [1, 2]);
  });
});
