import { decodeCheckpoint, encodeCheckpoint, type State } from '@fedward/core';
import { assertSame } from '../support/assertions.js';
import { assertIsState } from '../support/state.js';
import type { Checks } from '../suite.js';
import { rounds, work, type Given } from './rounds.js';

/** What it remembers from round to round. */
export function stateChecks(given: Given): Checks {
  return {
    async 'what it remembers is data, and the same once it was written down'() {
      await rounds(given, 3, async (asked, { answer }) => {
        assertIsState(answer.state ?? null, 'what it remembers');
        const written = throughBytes(asked.state ?? null);
        assertSame(
          (await work(given, { ...asked, state: written })).answer,
          answer,
          'the answer from what was written',
        );
      });
    },

    async 'what came of an update that was not taken is not built upon'() {
      const used = given.create();
      await rounds(given, 2, async (asked, { answer }) => {
        // The same site, asked again from the state of before: its first answer was lost on the way.
        await work(given, { ...asked, round: asked.round! + 1 }, used);
        assertSame((await work(given, asked, used)).answer, answer, 'the answer, another one having been lost');
      });
    },

    async 'two sites do not remember each other'() {
      const shared = given.create();
      const answers: unknown[] = [];
      await rounds(given, 2, (_, { answer }) => void answers.push(answer), shared);
      const alone: unknown[] = [];
      await rounds(given, 2, async (asked) => void alone.push((await work(given, asked)).answer));
      assertSame(alone, answers, 'the answers of sites with a strategy of their own');
    },
  };
}

function throughBytes(state: State): State {
  return decodeCheckpoint(encodeCheckpoint({ runId: 'run-1', planHash: 'sha256:00', nextRound: 1, state })).state;
}
