import assert from 'node:assert/strict';
import { elementOf, findNonFinite, sameLayout, type State } from '@fedward/core';
import { assertSame, watch } from '../support/assertions.js';
import type { Checks } from '../suite.js';
import { formOf, modelLayout, nextTask, firstTask, personalOf, rounds, work, cohort, type Given } from './rounds.js';

/** What it sends, and what must never be in it. */
export function answerChecks(given: Given): Checks {
  const { create } = given;
  return {
    async 'each update is in the form that the server expects, and finite'() {
      await rounds(given, 3, ({ task }, { answer: { update } }) => {
        const { layout, element } = formOf(task);
        assert.ok(sameLayout(update.layout, layout), 'the update has other tensors');
        assert.equal(elementOf(update.values), element, 'the update has numbers of another type');
        assert.equal(update.values.length, layout.size, 'the update has another number of values');
        assert.equal(findNonFinite(update)?.name, undefined, 'the update is not finite');
      });
    },

    async 'the same task, state and seed give the same bits'() {
      await rounds(given, 3, async (asked, { answer }) => {
        assertSame((await work(given, asked)).answer, answer, 'the answer of a new one');
      });
    },

    async 'what was trained to stay at the site is in no update, of this round or the next'() {
      const first = firstTask(given);
      const answers = async (task: typeof first.task, round: number, states: readonly State[], shiftHere: number) =>
        Promise.all(
          cohort.map(async (clientId, i) => {
            const asked = { clientId, round, task, state: states[i] ?? null, shiftHere };
            return (await work(given, asked)).answer;
          }),
        );
      const updatesOf = (given: readonly { readonly update: unknown }[]) => given.map(({ update }) => update);
      const [plain, other] = [await answers(first.task, 0, [], 0), await answers(first.task, 0, [], 3)];
      assertSame(updatesOf(other), updatesOf(plain), 'the updates, once what stays was another');
      const { task } = nextTask(given, first.state, plain, 0);
      const statesOf = (given: readonly { readonly state?: State }[]) => given.map(({ state = null }) => state);
      const [next, then] = [await answers(task, 1, statesOf(plain), 0), await answers(task, 1, statesOf(other), 3)];
      assertSame(updatesOf(then), updatesOf(next), 'the updates of the next round, once what stays was another');
    },

    async 'what was sent, and what it remembers, are left as they were'() {
      await rounds(given, 2, async (asked) => {
        const { state = null } = asked;
        const unchanged = [watch('what was sent', asked.task), watch('what it remembers', state)];
        const { answer } = await work(given, { ...asked, shares: true });
        await personalOf(given, { ...asked, state, shares: true });
        answer.update.values.fill(99);
        for (const check of unchanged) check();
      });
    },

    async 'an update shares no memory with what is remembered'() {
      await rounds(given, 2, async (asked) => {
        const { answer } = await work(given, asked);
        const unchanged = watch('what it remembers, once the update was overwritten,', answer.state ?? null);
        answer.update.values.fill(99);
        unchanged();
      });
    },

    async 'metrics that it tells are finite'() {
      await rounds(given, 2, (_, { answer: { metrics = {} } }) => {
        for (const [name, value] of Object.entries(metrics)) assert.ok(Number.isFinite(value), `${name} is ${value}`);
      });
    },

    ...(create().personalModel && {
      async 'a personal model is one, with nothing remembered as well'() {
        await rounds(given, 2, async (asked, { answer }) => {
          for (const state of [null, answer.state ?? null]) {
            const { layout, values } = (await personalOf(given, { ...asked, state }))!;
            assert.ok(sameLayout(layout, modelLayout(given)), 'it has not the layout of the model');
            assert.ok(values instanceof Float32Array && values.length === layout.size, 'it has other values');
            assert.ok(values.every(Number.isFinite), 'it is not finite');
          }
        });
      },
    }),
  };
}
