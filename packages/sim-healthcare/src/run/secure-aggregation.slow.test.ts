import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeSafetensors } from '@fedward/core';
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

  it('counts each hospital as the aggregator has it, by its records or all alike', async () => {
    const modelOf = async (weighting: string, secagg: boolean) => {
      const to = await folder();
      const config = { aggregator: { name: 'fedavg', options: { weighting } } };
      await simulate({ ...quick, dropRate: 0, rounds: 1, hospitals: 3, secagg, config }, to);
      const { tensors } = decodeSafetensors(await readFile(join(to, 'model.safetensors')));
      return tensors.flatMap(({ values }) => [...values]);
    };
    const apart = (a: number[], b: number[]) => Math.max(...a.map((weight, i) => Math.abs(weight - b[i]!)));
    const [equal, masked] = [await modelOf('equal', false), await modelOf('equal', true)];
    const byRecords = await modelOf('records', true);
    // A value of up to 1, times up to 4096 records, of three hospitals, in 2^32 steps: one of these, and float32's rounding.
    const rounding = (2 * 3 * 4096) / 2 ** 32 + 1e-6;
    expect(apart(masked, equal)).toBeLessThan(rounding);
    // The hospitals are of nearly one size: little, and no rounding.
    expect(apart(byRecords, equal)).toBeGreaterThan(20 * rounding);
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
