import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLayout } from '../parameters/parameters.js';
import { frozenTensors } from './frozen.js';
import { namedTensors } from './named-tensors.js';

const names = ['0.graph.layer1.0.conv.weight', '0.graph.layer1.0.bn.weight', '0.graph.layer10.weight', '0.graph.fc.weight', '1.dense.bias', '0.graph.a*b']; // prettier-ignore
const layoutWith = (all: readonly string[]) => createLayout(all.map((name) => ({ name, shape: [1] })));
const chosen = (...choice: (string | number)[]) =>
  namedTensors(choice, layoutWith(names), 'aggregator.options.tensors');

describe('namedTensors', () => {
  it.each([
    [['0.graph.layer1.*'], [0, 1]],
    [['*.weight'], [0, 1, 2, 3]],
    [
      ['0.graph.*.weight', 1],
      [0, 1, 2, 3, 4],
    ],
    [
      ['*conv*', '*bias'],
      [0, 4],
    ],
    [['*'], [0, 1, 2, 3, 4, 5]],
    [['**bn**'], [1]],
    [['0.graph.fc.weight*'], [3]],
    // A name that a tensor has is that tensor.
    [['0.graph.a*b'], [5]],
  ])('%j chooses tensors %j, in the order of the layout', (choice, places) => {
    expect(chosen(...choice)).toEqual(places.map((place) => names[place]));
  });

  it.each([['0.graph.layer2.*'], ['layer1.*'], ['*.weigh'], ['0.graph.fc.weight*weight'], ['0.graph.fc'], [7]])(
    'refuses %j, which nothing is called',
    (entry) => {
      expect(() => chosen('*.weight', entry)).toThrow(
        expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject: 'aggregator.options.tensors' }),
      );
      expect(() => chosen(entry)).toThrow(String(entry));
    },
  );

  it('means what a regular expression of the same pieces means', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 8 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*'), minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.uniqueArray(text.map((end) => `0.${end}`), { minLength: 1 }), pattern.map((end) => `0.${end}*`), (all, entry) => {
        const expression = new RegExp(`^${entry.split('*').map((piece) => piece.replaceAll('.', '\\.')).join('.*')}$`);
        const expected = all.filter((name) => expression.test(name));
        if (expected.length === 0) expect(() => namedTensors([entry], layoutWith(all), 'p')).toThrow();
        else expect(namedTensors([entry], layoutWith(all), 'p')).toEqual(expected);
      }),
    ); // prettier-ignore
  });

  it('does not take long for a pattern of many stars', () => {
    const long = 'a'.repeat(1000);
    expect(() => namedTensors([`${'a*'.repeat(400)}b`], layoutWith([long]), 'p')).toThrow('which no tensor is called');
  });

  it('freezes by pattern, and refuses to freeze all', () => {
    expect(frozenTensors(['0.graph.layer*'], layoutWith(names))).toEqual(names.slice(0, 3));
    expect(() => frozenTensors(['*'], layoutWith(names))).toThrow(/nothing is left to train/);
  });
});
