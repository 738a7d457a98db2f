import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { resumeSimulation, simulate } from './simulate.js';

const started = { scenario: 'tutorial', local: false, workers: 1, secagg: true } as const;
const quick = { ...started, model: 'logistic', privacy: 'none', rounds: 12, dropRate: 0.25, seed: 7 } as const;
const folder = async () => {
  const made = await mkdtemp(join(tmpdir(), 'fedward-masks-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return join(made, 'run');
};

describe('a run with secure aggregation', () => {
  it('is as accurate as one that the server sees the updates of, on the same data', async () => {
    const whole = { ...quick, dropRate: 0, rounds: 5 };
    const masked = await simulate(whole, await folder());
    const open = await simulate({ ...whole, secagg: false }, await folder());
    expect(masked.final.metrics['accuracy']).toBeCloseTo(open.final.metrics['accuracy']!, 2);
    expect(masked.hospitals.map(({ samples }) => samples)).toEqual(open.hospitals.map(({ samples }) => samples));
    expect(open).not.toHaveProperty('secureAggregation');
  });

  it('is gone on with after a stop, skipped rounds and all, with the same model', async () => {
    const to = await folder();
    const stop = new AbortController();
    const onRound = ({ round }: { round: number }) => void (round === 5 && stop.abort());
    await expect(simulate(quick, to, { onRound, signal: stop.signal })).rejects.toMatchObject({ code: 'ABORTED' });
    const resumed = await resumeSimulation(to, {}, { workers: 1 });
    const whole = await simulate(quick, await folder());
    expect(resumed.model.sha256).toBe(whole.model.sha256);
    expect(resumed.rounds).toEqual(whole.rounds);
    expect(resumed.secureAggregation).toEqual(whole.secureAggregation);
  });
});
