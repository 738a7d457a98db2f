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

  it('is not asked to where all are under way at once', async () => {
    const transport = announcing();
    await runFederation(exampleFederation({ plan, transport }));
    expect(transport.tasks.size).toBe(0);
  });

  it('may fail for one of them, who is asked all the same', async () => {
    const transport = announcing('hospital-2');
    const { rounds } = await runFederation(exampleFederation({ plan, transport, concurrency: 1 }));
    expect(rounds.map(({ participants }) => participants.length)).toEqual([3, 3]);
  });
});
