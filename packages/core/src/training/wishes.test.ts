import { describe, expect, it } from 'vitest';
import { createLayout, createParameters } from '../parameters/parameters.js';
import { splitTrained, startValues, strategyOf } from './strategy.js';

const layout = createLayout([
  { name: 'a', shape: [2] },
  { name: 'b', shape: [1] },
  { name: 'c', shape: [3] },
]);
const payload = () => createParameters(layout, Float32Array.of(1, 2, 3, 4, 5, 6));
const refusal = (subject: string) => expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject });

describe('strategyOf', () => {
  it('asks for nothing where nothing is said', () => {
    expect(strategyOf({ instructions: {} }, layout)).toEqual({ proximalMu: 0, frozen: [], privateTensors: [] });
  });

  it('finds the tensors, the frozen ones each once and in order', () => {
    const correction = new Float32Array(6);
    const values = Float32Array.of(9);
    const strategy = strategyOf(
      {
        instructions: { proximalMu: 0.5, frozen: ['c', 'a', 'c'] },
        correction,
        privateTensors: { b: values, c: null },
      },
      layout,
    );
    expect(strategy).toEqual({
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
    const strategy = (given: Partial<Parameters<typeof strategyOf>[0]>) => () =>
      strategyOf({ instructions: {}, ...given }, layout);
    expect(strategy({ instructions: { momentum: 1 } })).toThrow(refusal('momentum'));
    expect(strategy({ instructions: { proximalMu: -1 } })).toThrow(refusal('proximalMu'));
    expect(strategy({ instructions: { frozen: 'a' } })).toThrow(refusal('frozen'));
    expect(strategy({ instructions: { frozen: ['a', 'x'] } })).toThrow(refusal('x'));
    expect(strategy({ privateTensors: { y: null } })).toThrow(refusal('y'));
    expect(strategy({ privateTensors: { c: new Float32Array(2) } })).toThrow(refusal('c'));
    for (const size of [0, 5, 7])
      expect(strategy({ correction: new Float32Array(size) })).toThrow(refusal('correction'));
  });
});

describe('private tensors', () => {
  const { privateTensors } = strategyOf(
    { instructions: {}, privateTensors: { b: Float32Array.of(9), c: null } },
    layout,
  );

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
