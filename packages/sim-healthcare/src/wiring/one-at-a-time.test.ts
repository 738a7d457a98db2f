import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientContext, LocalTrainer, Parameters } from '@fedward/core';
import { expect, it } from 'vitest';
import { oneAtATime } from './one-at-a-time.js';

const payload = {} as Parameters;
const never = new AbortController().signal;

it('trains for one client after the other, also after a failure', async () => {
  const events: string[] = [];
  const inner = {
    name: 'slow',
    train: async (_payload: Parameters, _data: unknown, { clientId }: ClientContext) => {
      events.push(`${clientId} begins`);
      await sleep(2);
      events.push(`${clientId} ends`);
      if (clientId === 'b') throw new Error('b fails');
      return { payload, steps: 1, metrics: {} };
    },
  } as unknown as LocalTrainer;
  const trainer = oneAtATime(inner);
  const train = (clientId: string) => trainer.train(payload, {} as never, { clientId } as ClientContext, never);
  const outcomes = await Promise.allSettled(['a', 'b', 'c'].map(train));
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(events).toEqual(['a', 'b', 'c'].flatMap((id) => [`${id} begins`, `${id} ends`]));
});
