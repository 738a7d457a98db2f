import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Transport } from '../interfaces/client.js';
import { exampleFederation, exampleResult } from '../testing/fakes.js';
import { examplePlan } from '../testing/plan.js';
import { runFederation } from './run.js';

describe('memory', () => {
  it('holds on to no update once it is reduced', async () => {
    const collectGarbage = await garbageCollector();
    const updates: WeakRef<Float32Array>[] = [];
    const alive = () => updates.filter((ref) => ref.deref() !== undefined).length;
    const clients = Array.from({ length: 40 }, (_, i) => `hospital-${i}`);
    let most = 0;
    const transport: Transport = {
      clients: () => clients,
      async fit(clientId, { round, payload }) {
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
      },
      evaluate: () => Promise.reject(new Error('not asked for')),
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
