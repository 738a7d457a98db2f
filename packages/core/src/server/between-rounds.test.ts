import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { memoryAuditSink } from '../memory/audit.js';
import { memoryCheckpointStore } from '../memory/stores.js';
import { inMemoryTransport } from '../memory/transport.js';
import { exampleDescription, exampleFederation, exampleResult, fakeClient, meanAggregator } from '../testing/fakes.js';
import { runFederation } from './run.js';

describe('a strategy whose sites let go of what was taken before', () => {
  it('asks for no round before the checkpoint of the one before is written', async () => {
    const store = memoryCheckpointStore();
    const written: number[] = [];
    const checkpoints: typeof store = {
      ...store,
      save: async (checkpoint) => {
        await sleep(5);
        await store.save(checkpoint);
        written.push(checkpoint.nextRound);
      },
    };
    const seen: (number | undefined)[] = [];
    const client = fakeClient('a', ({ round }) => {
      seen.push(written.at(-1));
      return exampleResult({ clientId: 'a', baseRound: round });
    });
    const work = { kind: 'training', trainer: 'fake', strategy: 'mean' } as const;
    const transport = inMemoryTransport([{ ...client, describe: async () => exampleDescription('a', { work }) }]);
    await runFederation(
      exampleFederation({ transport, checkpoints, aggregator: meanAggregator({ strategy: 'mean' }) }),
    );
    expect(seen).toEqual([undefined, 1, 2, 3]);
  });
});

describe('a site that says much of itself', () => {
  it('does not fill the log: it is asked again, and dropped', async () => {
    const word = 'x'.repeat(1000);
    const software = Array.from({ length: 1000 }, () => ({ name: word, version: word }));
    const answer = (id: string) => fakeClient(id, ({ round }) => exampleResult({ clientId: id, baseRound: round }));
    const loud = { ...answer('b'), describe: async () => exampleDescription('b', { software }) };
    const audit = memoryAuditSink();
    const { rounds } = await runFederation(exampleFederation({ transport: inMemoryTransport([answer('a'), loud]), audit })); // prettier-ignore
    expect(rounds[0]).toMatchObject({ participants: ['a'], dropped: [{ id: 'b', code: 'MESSAGE_INVALID' }] });
    expect(Math.max(...audit.events.map((event) => JSON.stringify(event).length))).toBeLessThan(5000);
  });
});
