import type { SimulateOptions } from '@fedward/sim-healthcare';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { natsServer, startSimulationHub, type SimulationHub } from './testing/hub.js';
import { bitsOf, elsewhere, run, small, workHere } from './testing/runs.js';

describe.skipIf(!natsServer)('a simulation whose sites answer over a hub', () => {
  let hub: SimulationHub;
  beforeAll(async () => (hub = await startSimulationHub()));
  afterAll(() => hub.close());

  it('has the bits of the same one in one process', async () => {
    const here = await run(small);
    workHere(hub);
    expect(bitsOf(await run(small, hub))).toEqual(bitsOf(here));
  });

  it('is refused by a worker with other software, by name', async () => {
    const stop = new AbortController();
    const said = workHere(hub);
    const words: string[] = [];
    const open = elsewhere(hub);
    const options: SimulateOptions = {
      ...small,
      elsewhere: (planned, about) => {
        const software = { ...planned.inputs.software, fedward: '9.1.0' };
        return open({ ...planned, inputs: { ...planned.inputs, software } }, about);
      },
    };
    const onSites = (told: string): void => {
      words.push(told);
      if (told.includes('takes no part')) stop.abort();
    };
    await expect(run(options, undefined, { onSites, signal: stop.signal })).rejects.toMatchObject({ code: 'ABORTED' });
    expect(words.at(-1)).toContain('it was begun by fedward 9.1.0');
    expect(said.at(-1)).toContain('refused');
  });

  it.each<[string, SimulateOptions]>([
    ['secret noise', { ...small, privacy: 'dp-sgd', noiseMultiplier: 1, delta: 1e-5, secureNoise: true }],
    ['between them', { scenario: 'tutorial', rounds: 1, secagg: true, workers: 1 }],
  ])('is refused where it can not be: %s', async (why, options) => {
    await expect(run(options, hub)).rejects.toMatchObject({
      code: 'CONFIG_INCOMPATIBLE',
      subject: '--nats',
      message: expect.stringContaining(why) as string,
    });
  });
});
