import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { exampleResult } from '../testing/fakes.js';
import { Collection } from './collect.js';

/** Rounds that end with so many updates, of clients that answer when they are told to. */
function roundsOf({ patience }: { readonly patience: number }) {
  const collection = new Collection();
  const answers = new Map<string, () => void>();
  const stopped: string[] = [];
  const ask = (round: number) => (id: string, signal: AbortSignal) => {
    signal.addEventListener('abort', () => stopped.push(`${id} ${round}`));
    return new Promise<ReturnType<typeof exampleResult>>((resolve) => {
      answers.set(`${id} ${round}`, () => resolve(exampleResult({ clientId: id, baseRound: round })));
    });
  };
  /** What is handed on of a round, while these answer. */
  const round = async (round: number, cohort: readonly string[], size: number, given: readonly string[]) => {
    const collector = {
      name: 'first',
      patience,
      enough: ({ arrived }: { readonly arrived: number }) => arrived >= size,
    };
    const handedOn = (async () => {
      const seen: string[] = [];
      const arrivals = collection.round({ round, cohort, ask: ask(round), collector, concurrency: Infinity });
      for await (const { clientId, baseRound, outcome } of arrivals)
        seen.push(`${clientId} ${baseRound}${outcome instanceof Error ? ` ${outcome.code}` : ''}`);
      return seen;
    })();
    for (const which of given) {
      await sleep(0);
      answers.get(which)!();
    }
    return handedOn;
  };
  return { round, stopped, collection };
}

describe('who is waited for no longer', () => {
  it('is told to stop, is dropped, and what comes of it later is not counted in another round', async () => {
    const { round, stopped, collection } = roundsOf({ patience: 1 });
    expect(await round(0, ['a', 'b'], 1, ['b 0'])).toEqual(['b 0']);
    expect([stopped, collection.underWay]).toEqual([[], ['a']]);
    expect(await round(1, ['b'], 1, ['b 1'])).toEqual(['a 0 DEADLINE_PASSED', 'b 1']);
    expect([stopped, collection.underWay]).toEqual([['a 0'], []]);
    await sleep(0);
    expect(await round(2, ['b', 'c'], 2, ['b 2', 'c 2'])).toEqual(['b 2', 'c 2']);
  });
});

describe('updates of earlier rounds', () => {
  it('are handed on by their round, then by id, before those of this one', async () => {
    const { round } = roundsOf({ patience: 5 });
    await round(0, ['z', 'y', 'd'], 1, ['d 0']);
    await round(1, ['a', 'd'], 1, ['d 1']);
    expect(await round(2, ['e', 'd'], 5, ['d 2', 'a 1', 'z 0', 'e 2', 'y 0'])).toEqual(['y 0', 'z 0', 'a 1', 'e 2', 'd 2']); // prettier-ignore
  });
});
