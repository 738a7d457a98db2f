import { Random, type Tensors } from '@fedward/core';
import { assertAllClose, assertSame, watch } from '../support/assertions.js';
import type { Checks } from '../suite.js';
import { ask, nothingSent, samples, type Given } from './given.js';

/** That its answers are sums over records, and hang on nothing else. */
export function answerChecks(given: Given): Checks {
  const { create, records, join, rounding = 0 } = given;
  const largest = ({ values }: Tensors): number => Math.max(0, ...Array.from(values, Math.abs));

  return {
    async 'the answer of two sets of records is the sum of their answers'() {
      for (const [first, second] of [
        [1, 1],
        [5, 12],
        [40, 3],
      ] as const) {
        const [a, b] = [records(new Random('a').fork(first), first), records(new Random('b').fork(second), second)];
        const [of, whole] = [await ask(given, a), await ask(given, join(a, b))];
        const and = await ask(given, b);
        const sum = Float64Array.from(of.values, (x, i) => x + and.values[i]!);
        const absolute = rounding * Math.max(largest(of), largest(and), largest(whole));
        assertAllClose(whole.values, sum, `the answer of ${first} and ${second} records`, { absolute });
      }
    },

    async 'the same records give the same bits, whatever was asked before'() {
      const query = create();
      const [first, ...others] = samples(given);
      const before = await ask(given, first!, query);
      for (const data of others) await ask(given, data, query);
      assertSame(await ask(given, first!, query), before, 'the answer, asked again');
      assertSame(await ask(given, first!), before, 'the answer of another');
    },

    async 'questions at once do not mix'() {
      const query = create();
      const alone = [];
      for (const data of samples(given)) alone.push(await ask(given, data));
      const together = await Promise.all(samples(given).map((data) => ask(given, data, query)));
      assertSame(together, alone, 'the answers, asked beside others');
    },

    async 'what was sent, and the records, are left as they were'() {
      const { sent = nothingSent() } = given;
      for (const data of samples(given)) {
        const unchanged = [watch('what was sent', sent), watch('the records', data)];
        const { values } = await ask({ ...given, sent }, data);
        values.fill(99);
        for (const check of unchanged) check();
      }
    },

    async 'an answer is its own, and not that of the next question'() {
      const query = create();
      const [first, second] = samples(given);
      const answer = await ask(given, first!, query);
      const before = answer.values.slice();
      await ask(given, second!, query);
      assertSame(answer.values.slice(), before, 'the first answer, once the second was given');
    },
  };
}
