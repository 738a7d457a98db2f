import { describe, expect, it } from 'vitest';
import { FedwardError } from '../base/errors.js';
import type { Task } from '../interfaces/messages.js';
import type { Transport } from '../interfaces/client.js';
import { inMemoryTransport } from '../memory/transport.js';
import { exampleFederation, exampleSites } from '../testing/fakes.js';
import { examplePlan } from '../testing/plan.js';
import { runFederation } from './run.js';

const plan = examplePlan({ rounds: 2 });

/** Writes down what is announced and asked. */
function announcing(wrong?: string): Transport & { readonly said: string[]; readonly tasks: Map<string, Task> } {
  const inner = inMemoryTransport(exampleSites(plan));
  const said: string[] = [];
  const tasks = new Map<string, Task>();
  return {
    ...inner,
    said,
    tasks,
    async announce(id, task) {
      said.push(`announce ${id} ${task.round}`);
      tasks.set(`${id} ${task.round}`, task);
      if (id === wrong) throw new FedwardError('CLIENT_ABSENT', 'nobody there', id);
    },
    client(id) {
      const client = inner.client(id);
      return {
        ...client,
        async answer(task, signal) {
          said.push(`ask ${id} ${task.round}`);
          const announced = tasks.get(`${id} ${task.round}`);
          if (announced) expect(announced).toBe(task);
          return client.answer(task, signal);
        },
      };
    },
  };
}

describe('a transport that announces', () => {
  it('has all at work before the first is asked for its answer, with the very task', async () => {
    const transport = announcing();
    const result = await runFederation(exampleFederation({ plan, transport, concurrency: 1 }));
    const ids = ['hospital-1', 'hospital-2', 'hospital-3'];
    for (const round of [0, 1]) {
      const ofRound = transport.said.filter((words) => words.endsWith(` ${round}`));
      expect(ofRound.filter((words) => words.startsWith('announce'))).toHaveLength(3);
      expect(ofRound.filter((words) => words.startsWith('ask'))).toEqual(ids.map((id) => `ask ${id} ${round}`));
      expect(ofRound.indexOf(`announce hospital-3 ${round}`)).toBeLessThan(ofRound.indexOf(`ask hospital-2 ${round}`));
    }
    const plain = await runFederation(exampleFederation({ plan, transport: inMemoryTransport(exampleSites(plan)) }));
    expect(result.model).toEqual(plain.model);
  });

  it('has an answer that lies ready fetched after the deadline, and only who is silent is dropped', async () => {
    const transport = announcing();
    const silent: Transport = {
      ...transport,
      async announce(id, task, signal) {
        await transport.announce!(id, task, signal);
        if (id === 'hospital-1') await new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('late')))); // prettier-ignore
      },
    };
    const federation = exampleFederation({ plan, transport: silent, concurrency: 1, deadlineSeconds: 0.05 });
    const { rounds } = await runFederation(federation);
    for (const { participants, dropped } of rounds) {
      expect(participants).toEqual(['hospital-2', 'hospital-3']);
      expect(dropped).toMatchObject([{ id: 'hospital-1', code: 'DEADLINE_PASSED' }]);
    }
  });

  it('is not waited for once the run is stopped', async () => {
    const stop = new AbortController();
    const transport = announcing();
    const stuck: Transport = {
      ...transport,
      client: (id) => ({ ...transport.client(id), answer: () => new Promise(() => stop.abort()) }),
    };
    const run = runFederation(exampleFederation({ plan, transport: stuck, concurrency: 1, signal: stop.signal }));
    await expect(run).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('is not asked to where all are under way at once', async () => {
    const transport = announcing();
    await runFederation(exampleFederation({ plan, transport }));
    expect(transport.tasks.size).toBe(0);
  });

  it('drops one that it can not be announced to, and asks it for nothing', async () => {
    const transport = announcing('hospital-2');
    const { rounds } = await runFederation(exampleFederation({ plan, transport, concurrency: 1 }));
    expect(rounds.map(({ dropped }) => dropped.map(({ id, code }) => [id, code]))).toEqual(Array(2).fill([['hospital-2', 'CLIENT_ABSENT']])); // prettier-ignore
    expect(transport.said).not.toContain('ask hospital-2 0');
  });
});
