import { describe, expect, it } from 'vitest';
import type { State } from '../base/state.js';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.js';
import { joinState, splitState } from './state.js';

describe('a state in two parts', () => {
  it('keeps whole words and bytes beside floats, in checkpoints too', () => {
    const state: State = {
      ...{ words: Uint32Array.of(0, 2 ** 32 - 1), bytes: Uint8Array.of(0, 255), f32: Float32Array.of(0.1) },
      f64: Float64Array.of(0.1, Number.MIN_VALUE),
      keys: [{ of: 'a', key: Uint8Array.of(1, 2, 3) }],
    };
    const parts = splitState(state);
    expect(parts.arrays).toHaveLength(5);
    expect(joinState(parts)).toEqual(state);
    const checkpoint = { runId: 'run-1', planHash: 'h', nextRound: 1, state };
    expect(decodeCheckpoint(encodeCheckpoint(checkpoint))).toEqual(checkpoint);
  });

  it('has a word for numbers that JSON has none for', () => {
    const state = [Number.NaN, Infinity, -Infinity, -0, 0];
    const joined = joinState(splitState(state)) as readonly number[];
    expect(joined.map((x, i) => Object.is(x, state[i]))).toEqual(Array(5).fill(true));
  });

  it('does not take a member for one of its own words', () => {
    const state: State = { $tensor: 3, $number: 'NaN', $: 1, $$tensor: { $tensor: null }, __proto__: null };
    expect(joinState(splitState(state))).toEqual(state);
  });

  it.each([
    ['a function', () => 1],
    ['a date', new Date()],
    ['a map', new Map()],
    ['text that is ill-formed', '\ud800'],
    ['16-bit words', new Uint16Array(1)],
    ['a big number', 1n],
  ])('can not be made of %s', (_, what) => {
    expect(() => splitState({ here: what } as never)).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID' }));
  });

  it('can not be put together from arrays that are not there', () => {
    expect(() => joinState({ json: '{"$tensor":1}', arrays: [Float32Array.of(1)] })).toThrow('there is no array 1');
  });
});
