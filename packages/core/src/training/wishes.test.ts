import { describe, expect, it } from 'vitest';
import { createLayout, createParameters } from '../parameters/parameters.js';
import { parseInstructions } from './instructions.js';
import { appliedWishes, capabilitiesFor, placeWishes, splitTrained, startValues } from './wishes.js';

const layout = createLayout([
  { name: 'a', shape: [2] },
  { name: 'b', shape: [1] },
  { name: 'c', shape: [3] },
]);
const payload = () => createParameters(layout, Float32Array.of(1, 2, 3, 4, 5, 6));
const refusal = (subject: string) => expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject });

describe('placeWishes', () => {
  it('asks for nothing where nothing is said', () => {
    expect(placeWishes({}, layout)).toEqual({ proximalMu: 0, frozen: [], privateTensors: [] });
  });

  it('finds the tensors, the frozen ones each once and in order', () => {
    const correction = new Float32Array(6);
    const values = Float32Array.of(9);
    const wishes = { proximalMu: 0.5, frozen: ['c', 'a', 'c'], correction, privateTensors: { c: null, b: values } };
    expect(placeWishes(wishes, layout)).toEqual({
      proximalMu: 0.5,
      frozen: [layout.tensors[0], layout.tensors[2]],
      correction,
      privateTensors: [
        { tensor: layout.tensors[1], values },
        { tensor: layout.tensors[2], values: null },
      ],
    });
  });

  it('refuses what it does not know or what does not fit, by name', () => {
    const placing = (wishes: object) => () => placeWishes(wishes, layout);
    expect(placing({ momentum: 1 })).toThrow(refusal('momentum'));
    for (const proximalMu of [-1, Number.NaN, Infinity, 1e300])
      expect(placing({ proximalMu })).toThrow(refusal('proximalMu'));
    expect(placing({ frozen: ['a', 'x'] })).toThrow(refusal('x'));
    expect(placing({ privateTensors: { y: null } })).toThrow(refusal('y'));
    expect(placing({ privateTensors: { c: new Float32Array(2) } })).toThrow(refusal('c'));
    for (const size of [0, 5, 7])
      expect(placing({ correction: new Float32Array(size) })).toThrow(refusal('correction'));
  });
});

describe('parseInstructions', () => {
  it("takes core's own wishes, and leaves out what is not said", () => {
    expect(parseInstructions({})).toEqual({});
    expect(parseInstructions({ proximalMu: 0, frozen: [] })).toEqual({ proximalMu: 0, frozen: [] });
    expect(parseInstructions({ proximalMu: 0.5, frozen: ['a'] })).toEqual({ proximalMu: 0.5, frozen: ['a'] });
  });

  it.each([
    ['momentum', { momentum: 1 }],
    ['correction', { correction: [1] }],
    ['proximalMu', { proximalMu: -1 }],
    ['proximalMu', { proximalMu: '1' }],
    ['proximalMu', { proximalMu: 1e300 }],
    ['frozen', { frozen: 'a' }],
    ['frozen', { frozen: [1] }],
  ])('refuses %s by name in %j', (subject, instructions) => {
    expect(() => parseInstructions(instructions)).toThrow(refusal(subject));
  });
});

describe('appliedWishes', () => {
  it('repeats what was carried out, names in the order of the layout, and not what is none', () => {
    expect(appliedWishes(placeWishes({}, layout))).toEqual({});
    expect(appliedWishes(placeWishes({ proximalMu: 0, frozen: [], privateTensors: {} }, layout))).toEqual({});
    const correction = new Float32Array(6);
    const wishes = { proximalMu: 2, frozen: ['c', 'a'], correction, privateTensors: { c: null, b: null } };
    expect(appliedWishes(placeWishes(wishes, layout))).toEqual({
      ...{ proximalMu: 2, frozen: ['a', 'c'], correction: true, privateTensors: ['b', 'c'] },
    });
  });

  it('says what a trainer must provide for them', () => {
    expect(capabilitiesFor({})).toEqual([]);
    const all = { proximalMu: 2, frozen: ['a'], correction: true, privateTensors: ['b'] } as const;
    expect(capabilitiesFor(all)).toEqual(['proximal-term', 'frozen-tensors', 'correction', 'private-tensors']);
  });
});

describe('private tensors', () => {
  const { privateTensors } = placeWishes({ privateTensors: { b: Float32Array.of(9), c: null } }, layout);

  it('start from their own values, or from those of the payload', () => {
    const given = payload();
    expect(startValues(given, { privateTensors })).toEqual(Float32Array.of(1, 2, 9, 4, 5, 6));
    expect(given).toEqual(payload());
  });

  it('come back by themselves, and in the payload as they came', () => {
    const split = splitTrained(Float32Array.of(10, 20, 30, 40, 50, 60), payload(), { privateTensors });
    expect(split.payload).toEqual(createParameters(layout, Float32Array.of(10, 20, 3, 4, 5, 6)));
    expect(split.privateTensors).toEqual({ b: Float32Array.of(30), c: Float32Array.of(40, 50, 60) });
    expect(splitTrained(payload().values, payload(), { privateTensors: [] })).not.toHaveProperty('privateTensors');
  });
});
