import { resumeSimulation, type SimulateOptions, type SimulationResult } from '@fedward/sim-healthcare';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { natsServer, startSimulationHub, type SimulationHub } from './testing/hub.js';
import { bitsOf, elsewhere, run, runFolder, small, workHere } from './testing/runs.js';

/** What hospitals' ledgers say, but for where they are and by which keys. */
const spentOf = ({ privacy }: SimulationResult) =>
  privacy?.ledgers?.map(({ id, epsilon, left, releases }) => ({ id, epsilon, left, releases }));

describe.skipIf(!natsServer)('a whole simulation whose sites answer over a hub', () => {
  let hub: SimulationHub;
  beforeAll(async () => (hub = await startSimulationHub()));
  afterAll(() => hub.close());

  it.each<[string, SimulateOptions]>([
    ['a strategy that keeps a state at each site', { scenario: 'tutorial', rounds: 3, aggregator: 'scaffold' }],
    ['priced noise, ledgers and logs', { scenario: 'tutorial', rounds: 2, privacy: 'dp-sgd', noiseMultiplier: 1, delta: 1e-5, budget: 50, ledger: 'ledger' }], // prettier-ignore
  ])('has them with %s', async (_, options) => {
    const own = () => (options.ledger === undefined ? {} : { ledger: `${runFolder()}-ledgers` });
    const asked = { ...options, local: false, workers: 1 };
    const here = await run({ ...asked, ...own() });
    workHere(hub);
    const there = await run({ ...asked, ...own() }, hub);
    expect(bitsOf(there)).toEqual(bitsOf(here));
    expect(spentOf(there)).toEqual(spentOf(here));
    expect(there.audit.verified).toBe(true);
    expect(there.audit.events).toBe(here.audit.events);
  });

  it('waits for a worker, and says so', async () => {
    const words: string[] = [];
    const running = run(small, hub, {
      onSites: (said) => {
        words.push(said);
        if (words.length === 1) workHere(hub, 2);
      },
    });
    await running;
    expect(words[0]).toContain(`fedward worker --nats ${hub.url}`);
    expect(words[1]).toMatch(/is there: 1 takes part, 2 clients at once$/);
  });

  it('is gone on with after a stop', async () => {
    workHere(hub);
    const stop = new AbortController();
    const folder = runFolder();
    const onRound = ({ round }: { round: number }): void => (round === 0 ? stop.abort() : undefined);
    await expect(run(small, hub, { onRound, signal: stop.signal }, folder)).rejects.toMatchObject({ code: 'ABORTED' });
    const resumed = await resumeSimulation(folder, {}, { elsewhere: elsewhere(hub), workers: 1 });
    expect(resumed.model.sha256).toBe((await run(small)).model.sha256);
  });
});
