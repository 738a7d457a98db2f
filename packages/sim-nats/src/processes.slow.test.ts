import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { natsServer, startSimulationHub, type SimulationHub } from './testing/hub.js';
import { bitsOf, run, small } from './testing/runs.js';
import { buildWorkerScripts, startWorker, type TestWorker, type WorkerScripts } from './testing/workers.js';

/** Long enough that something can happen in the middle of a round. */
const options = { ...small, hospitals: 2000, cohort: 400, rounds: 4 };

describe.skipIf(!natsServer)('worker processes', () => {
  let hub: SimulationHub;
  let expected: unknown;
  let scripts: WorkerScripts;
  beforeAll(async () => {
    scripts = await buildWorkerScripts();
    hub = await startSimulationHub({ tls: true });
    const folder = `${hub.folder}/here`;
    expected = bitsOf(await run(options, undefined, {}, folder));
  });
  afterAll(async () => {
    await hub.close();
    await scripts.remove();
  });

  const worker = (killAt?: string): TestWorker => {
    const started = startWorker(scripts, hub, killAt);
    onTestFinished(() => started.kill());
    return started;
  };

  it.each([1, 2, 3])('give the same bits, %i of them', async (count) => {
    const workers = Array.from({ length: count }, () => worker());
    expect(bitsOf(await run(options, hub))).toEqual(expected);
    const clients = await Promise.all(
      workers.map(async (each) => (JSON.parse(await each.drain()) as { clients: number }).clients),
    );
    expect(clients.reduce((sum, n) => sum + n, 0)).toBe(options.cohort * options.rounds);
  });

  it.each(['worker.job-begun 3', 'worker.clients-trained 8', 'worker.result-published 30'])(
    'may be killed at %s: others train its clients',
    async (point) => {
      const killed = worker(point);
      const other = worker();
      expect(bitsOf(await run(options, hub))).toEqual(expected);
      expect(await killed.ended).toBe('SIGKILL');
      expect((JSON.parse(await other.drain()) as { clients: number }).clients).toBeGreaterThan(0);
    },
  );

  it('may all be gone: one that comes goes on', async () => {
    const only = worker('worker.clients-trained 20');
    const words: string[] = [];
    const onSites = (said: string): void => {
      words.push(said);
      if (said.endsWith('waiting for another one')) worker();
    };
    expect(bitsOf(await run(options, hub, { onSites }))).toEqual(expected);
    expect(await only.ended).toBe('SIGKILL');
    expect(words.filter((said) => said.includes('is there'))).toHaveLength(2);
  });

  it.each([false, true])('go on after the hub was killed in the middle of rounds, its disk lost: %s', async (wipe) => {
    worker();
    worker();
    const crashes: Promise<void>[] = [];
    // The next round is under way by then.
    const onRound = ({ round }: { round: number }): void => {
      if (round < 2) crashes.push(new Promise((r) => setTimeout(r, 150)).then(() => hub.crash({ wipe })));
    };
    expect(bitsOf(await run(options, hub, { onRound }))).toEqual(expected);
    await Promise.all(crashes);
    expect(crashes).toHaveLength(2);
  });
});
