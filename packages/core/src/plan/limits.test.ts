import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { assertFederation } from '../server/check.js';
import { sizeOf } from '../base/size.js';
import { exampleFederation, fakeAccountant, fakeMechanism } from '../testing/fakes.js';
import { examplePlan, examplePrivacy } from '../testing/plan.js';
import { parseWith } from '../base/parse.js';
import { parsePlan } from './plan.js';

const { training, model } = examplePlan();
const nested = (depth: number): object =>
  Array.from({ length: depth }).reduce<object>((inner) => ({ deeper: inner }), { end: 1 });
const dense = { type: 'dense', units: 2 };

describe('a plan beyond all limits', () => {
  const cases: [string, string, object][] = [
    ['1e8 rounds', 'rounds', { rounds: 1e8 }],
    ['2^53 - 1 rounds', 'rounds', { rounds: Number.MAX_SAFE_INTEGER }],
    ['a batch of 2^31', 'training.batches.size', { training: { ...training, batches: { kind: 'shuffle', size: 2 ** 31, epochs: 1 } } }], // prettier-ignore
    ['1e9 steps', 'training.batches.steps', { training: { ...training, batches: { kind: 'poisson', probability: 0.5, steps: 1e9, expectedSize: 1 } } }], // prettier-ignore
    ['1e9 parameters', 'model.layers.0', { model: { ...model, inputShape: [31_623], layers: [{ type: 'dense', units: 31_623 }] } }], // prettier-ignore
    ['1e9 parameters in many layers', 'model.layers.26', { model: { ...model, inputShape: [3163], layers: Array(100).fill({ type: 'dense', units: 3163 }) } }], // prettier-ignore
    ['an example of 2^40 values', 'model.inputShape', { model: { ...model, inputShape: [2 ** 20, 2 ** 20] } }],
    ['100,000 layers', 'model.layers', { model: { ...model, layers: Array(100_000).fill(dense) } }],
    ['100,000 layers that are none', 'model.layers', { model: { ...model, layers: Array(100_000).fill(null) } }],
    ['options nested 2,000 deep', 'aggregator.options.deeper', { aggregator: { name: 'mean', options: nested(2000) } }],
    ['options nested 100,000 deep', 'aggregator.options.deeper', { aggregator: { name: 'mean', options: nested(100_000) } }], // prettier-ignore
    ['a name of a million characters', '', { name: 'x'.repeat(1_000_000) }],
    ['a list of two million', '', { aggregator: { name: 'mean', options: { list: Array(2_000_000).fill(0) } } }],
    ['a member __proto__', 'aggregator.options.__proto__', { aggregator: { name: 'mean', options: JSON.parse('{"__proto__": {"mu": 1}}') as object } }], // prettier-ignore
    ['a member __proto__ in a list', 'aggregator.options.a.0.__proto__', { aggregator: { name: 'mean', options: { a: [JSON.parse('{"__proto__": 1}')] } } }], // prettier-ignore
    ['a member constructor', 'aggregator.options.constructor', { aggregator: { name: 'mean', options: { constructor: 1 } } }], // prettier-ignore
    ['options that hold themselves twice', '', { aggregator: { name: 'mean', options: itself() } }],
    ['a member __proto__ of its own', '__proto__', JSON.parse('{"__proto__": {"seed": 1}}') as object],
  ];
  it.each(cases)('%s, is refused by name', (_, key, changes) => {
    const plan = { ...plain(examplePlan()), ...changes };
    for (const name of Object.keys(changes)) Object.defineProperty(plan, name, { value: (changes as never)[name], enumerable: true }); // prettier-ignore
    let thrown: unknown;
    try {
      parsePlan(plan);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'CONFIG_INVALID', ...(key !== '' && { subject: key }) });
    expect((thrown as Error).message.length).toBeLessThan(3000);
  });

  it('is one that has less', () => {
    expect(parsePlan({ ...plain(examplePlan()), aggregator: { name: 'mean', options: nested(90) } })).toBeDefined();
    const deep = { ...model, inputShape: [2], layers: Array(1000).fill(dense) };
    expect(parsePlan({ ...plain(examplePlan()), model: deep }).model.layers).toHaveLength(1000);
  });

  it('of 100,000 rounds is priced as one of a few', () => {
    const plan = examplePlan({ rounds: 100_000, privacy: examplePrivacy });
    const federation = exampleFederation({ plan, mechanisms: [fakeMechanism()], accountant: fakeAccountant });
    expect(() => assertFederation(federation)).not.toThrow();
  });
});

/** Walked level by level, it would have 2^100 members on the last. */
function itself(): object {
  const list: unknown[] = [];
  list.push(list, list);
  return list;
}

const plain = (value: unknown) => JSON.parse(JSON.stringify(value)) as object;

describe('parseWith', () => {
  it('tells a few faults at a time', () => {
    const many = () => parseWith(z.array(z.string()), Array(1000).fill(1), 'a list');
    expect(many).toThrow(/and 997 more/);
  });
});

describe('sizeOf', () => {
  it('counts members, names and characters, and a typed array as one', () => {
    expect(sizeOf(1)).toBe(1);
    expect(sizeOf('four')).toBe(5);
    expect(sizeOf({ ab: [1, 'x'] })).toBe(1 + 2 + 1 + 1 + 2);
    expect(sizeOf(new Float32Array(1000))).toBe(1);
  });

  it('goes no further than it may', () => {
    const endless: Record<string, unknown> = {};
    endless['again'] = endless;
    expect(sizeOf(endless, 100)).toBe(101);
    expect(sizeOf('x'.repeat(1000), 100)).toBe(101);
    expect(sizeOf(Array(1e7).fill(0), 100)).toBe(101);
  });
});
