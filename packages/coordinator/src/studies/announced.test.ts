import { FedwardError, type Client, type Task, type Transport, type Update } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { attentive } from './attentive.js';

const task = { runId: 'run', round: 0 } as Task;

/** A member whose answer lies ready when `done` is called, and that may go away. */
function world() {
  const told: string[] = [];
  const signals: AbortSignal[] = [];
  let done = (): void => undefined;
  const standing = { present: true, heardSecondsAgo: 0 };
  const look = new Set<() => void>();
  let seconds = 0;
  const inner: Transport = {
    clients: () => ['a'],
    client: (id) =>
      ({
        id,
        answer: async (): Promise<Update> => {
          told.push('fetched');
          return { clientId: 'a' } as Update;
        },
      }) as unknown as Client,
    announce: (_id, _task, signal) => {
      told.push('announced');
      signals.push(signal);
      return new Promise((resolve) => (done = resolve));
    },
    close: async () => undefined,
  };
  const transport = attentive(inner, { of: () => standing }, {
    ...{ runId: 'run', graceSeconds: 30 },
    clock: {
      now: () => seconds,
      every: (_seconds, call) => {
        look.add(call);
        return () => look.delete(call);
      },
    },
  }); // prettier-ignore
  const pass = (more: number): void => {
    for (let i = 0; i < more; i++, seconds++) for (const call of look) call();
  };
  return { transport, told, signals, standing, pass, done: () => done(), looks: () => look.size };
}

describe('what is announced through an attentive transport', () => {
  it('is fetched once it lies ready, whether or not the member is still there, and until its round ends', async () => {
    const { transport, told, signals, standing, done, looks } = world();
    const round = new AbortController();
    const announced = transport.announce!('a', task, round.signal);
    done();
    await announced;
    expect([looks(), signals[0]!.aborted]).toEqual([0, false]);
    standing.present = false;
    round.abort();
    expect(signals[0]!.aborted).toBe(true);
    await expect(transport.client('a').answer(task, new AbortController().signal)).resolves.toEqual({ clientId: 'a' });
    expect(told).toEqual(['announced', 'fetched']);
  });

  it('is not waited for where the member is away, or goes away for longer than the grace', async () => {
    const { transport, told, standing, pass } = world();
    standing.present = false;
    const signal = new AbortController().signal;
    await expect(transport.announce!('a', task, signal)).rejects.toMatchObject({ code: 'CLIENT_ABSENT' });
    expect(told).toEqual([]);
    standing.present = true;
    const announced = transport.announce!('a', task, signal);
    standing.present = false;
    pass(32);
    await expect(announced).rejects.toThrow('went away in mid-round');
    await expect(transport.client('a').answer(task, signal)).rejects.toMatchObject({ code: 'CLIENT_ABSENT' });
  });

  it('that is silent until the deadline is not waited for again in the next round', async () => {
    const { transport } = world();
    const round = new AbortController();
    const announced = transport.announce!('a', task, round.signal);
    round.abort(new FedwardError('DEADLINE_PASSED', 'no answer within 100 s'));
    await expect(announced).rejects.toMatchObject({ code: 'DEADLINE_PASSED' });
    transport.roundsOver();
    expect(transport.available()).toEqual([]);
  });
});
