import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SimulationHooks } from './carry-out.js';
import type { SimulateOptions } from './options.js';
import { resumeSimulation, simulate } from './simulate.js';

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'fedward-slow-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return join(made, 'run');
}

const common = {
  ...{ scenario: 'tutorial', privacy: 'none', model: 'logistic', rounds: 8, local: false, workers: 1 },
  slow: { 'hospital-4': 20 },
} as const;
const buffer: Partial<SimulateOptions> = { aggregator: 'fedbuff', collect: 2 };
const run = async (options: Partial<SimulateOptions> = {}, hooks: SimulationHooks = {}) =>
  simulate({ ...common, ...options }, await folder(), hooks);

describe('a simulation with a slow hospital', () => {
  it('waits for it in each round, where everyone is waited for', async () => {
    const { rounds, model } = await run({ rounds: 3 });
    const ends = rounds.map(({ simulatedSeconds }) => simulatedSeconds!);
    expect(ends[0]).toBeGreaterThan(20);
    expect(ends).toEqual([ends[0], 2 * ends[0]!, 3 * ends[0]!]);
    expect(rounds.flatMap(({ dropped, stale, waiting }) => [...dropped, ...stale, ...waiting])).toEqual([]);
    // The same bits as without a clock.
    const { slow: _, ...plain } = common;
    const without = await simulate({ ...plain, rounds: 3 }, await folder());
    expect(without.model.sha256).toBe(model.sha256);
    expect(without.rounds[0]).not.toHaveProperty('simulatedSeconds');
  });

  it('drops it by name at a deadline, which counts in simulated seconds', async () => {
    const { rounds } = await run({ rounds: 2, deadlineSeconds: 100 });
    expect(rounds.map(({ simulatedSeconds }) => simulatedSeconds)).toEqual([100, 200]);
    for (const { participants, dropped } of rounds) {
      expect(participants).toHaveLength(4);
      expect(dropped).toMatchObject([
        { id: 'hospital-4', code: 'DEADLINE_PASSED', reason: 'no answer within 100 simulated seconds' },
      ]);
    }
  });

  it('goes on without it where two updates are enough, and takes its own late', async () => {
    const { rounds } = await run(buffer);
    expect(rounds.every(({ participants }) => participants.length === 2)).toBe(true);
    expect(rounds[0]!.waiting).toHaveLength(3);
    expect(rounds.flatMap(({ dropped }) => dropped)).toEqual([]);
    const late = rounds.flatMap(({ round, stale }) => stale.map(({ baseRound }) => round - baseRound));
    expect(late.length).toBeGreaterThan(0);
    const all = await run({ rounds: 1 });
    expect(rounds.at(-1)!.simulatedSeconds).toBeLessThan(all.rounds[0]!.simulatedSeconds!);
  });

  it('is the same, bit by bit, again', async () => {
    const [first, second] = [await run(buffer), await run(buffer)];
    expect(second.model.sha256).toBe(first.model.sha256);
    expect(second.rounds).toEqual(first.rounds);
  });

  it('is, gone on with after a kill, the same where everyone is waited for', async () => {
    const whole = await run({ rounds: 3 });
    const again = await killedAfter(1, { rounds: 3 });
    expect(again.model.sha256).toBe(whole.model.sha256);
    expect(again.rounds).toEqual(whole.rounds);
  });

  it('is refused for a hospital that there is not, and for an aggregator that takes no late updates', async () => {
    await expect(run({ slow: { 'hospital-5': 2 } })).rejects.toMatchObject({
      ...{ code: 'CONFIG_INVALID', subject: '--slow' },
      message: expect.stringMatching(/there is no hospital hospital-5; there are hospital-0, .*hospital-4/) as string,
    });
    await expect(run({ collect: 2 })).rejects.toThrow(
      'collector buffered needs stale-updates, which aggregator fedavg does not provide',
    );
  });
});

async function killedAfter(last: number, options: Partial<SimulateOptions>) {
  const out = await folder();
  const stop = new AbortController();
  const onRound = ({ round }: { round: number }) => void (round === last && stop.abort());
  const stopped = simulate({ ...common, ...options }, out, { onRound, signal: stop.signal });
  await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
  return resumeSimulation(out, {}, { workers: 1 });
}
