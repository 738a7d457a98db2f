import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Transport } from '../interfaces/client.js';
import type { Task } from '../interfaces/messages.js';
import type { ElementArray } from '../parameters/parameters.js';
import { exampleFederation, exampleResult, fakeClient } from '../testing/fakes.js';
import { examplePlan } from '../testing/plan.js';
import { runFederation } from './run.js';

describe('law 8: Streaming. Memory of a sum-type aggregation is O(parameters), not O(clients x parameters).', () => {
  it('holds on to no update once it is reduced', async () => {
    const collectGarbage = await garbageCollector();
    const updates: WeakRef<ElementArray>[] = [];
    const alive = () => updates.filter((ref) => ref.deref() !== undefined).length;
    const clients = Array.from({ length: 40 }, (_, i) => `hospital-${i}`);
    let most = 0;
    const answer = async (clientId: string, { round, payload }: Task) => {
      // A weak reference holds its target until the end of the task in which it was looked at.
      await sleep(1);
      collectGarbage();
      most = Math.max(most, alive());
      await sleep(1);
      const update = exampleResult({
        clientId,
        baseRound: round,
        payload: { ...payload, values: new Float32Array(8) },
      });
      updates.push(new WeakRef(update.payload.values));
      return update;
    };
    const transport: Transport = {
      clients: () => clients,
      client: (id) => fakeClient(id, (task) => answer(id, task)),
      close: async () => undefined,
    };
    await runFederation(exampleFederation({ plan: examplePlan({ rounds: 2 }), transport, concurrency: 2 }));
    expect(updates).toHaveLength(80);
    // Two under way, one waiting for its turn, one at the reduction.
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(4);
  });
});

async function garbageCollector(): Promise<() => void> {
  const { setFlagsFromString } = await import('node:v8');
  const { runInNewContext } = await import('node:vm');
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
