import type * as nodeTest from 'node:test';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { defineSuite, type TestRunner } from './suite.js';

const suite = defineSuite('numbers', {
  'one is one': () => undefined,
  'two is three': async () => {
    throw new Error('expected 3, got 2');
  },
  'what is thrown is an error': () => {
    throw 'text';
  },
});

describe('defineSuite', () => {
  it('keeps the checks in order, each with its law for a name', () => {
    expect(suite.checks.map(({ name }) => name)).toEqual(['one is one', 'two is three', 'what is thrown is an error']);
  });

  it('runs all checks, also after one that fails, and never rejects', async () => {
    const outcomes = await suite.run();
    expect(outcomes[0]).toEqual({ name: 'one is one' });
    expect(outcomes[1]).toMatchObject({ name: 'two is three', error: { message: 'expected 3, got 2' } });
    expect(outcomes[2]?.error).toBeInstanceOf(Error);
  });

  it('makes each check a test that rejects where the check fails', async () => {
    const tests: [string, () => Promise<void>][] = [];
    const groups: string[] = [];
    suite.register({
      describe(name, body) {
        groups.push(name);
        body();
      },
      it: (name, body) => tests.push([name, body]),
    });
    expect(groups).toEqual(['numbers']);
    await expect(tests[0]![1]()).resolves.toBeUndefined();
    await expect(tests[1]![1]()).rejects.toThrow('expected 3');
  });

  it('takes the functions of vitest and of node:test', () => {
    expectTypeOf({ describe, it }).toExtend<TestRunner>();
    expectTypeOf<Pick<typeof nodeTest, 'describe' | 'it'>>().toExtend<TestRunner>();
  });
});
