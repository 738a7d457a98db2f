import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeSafetensors } from '@fedward/core';
import { fedward, simulate, temporaryFolder } from './support/command.ts';
import { runEvents } from './support/run-events.ts';

describe('the tutorial', () => {
  it('its own mechanism: accuracy of at least 0.88, and epsilon 8,386 beside the 1.0 that it claims', async () => {
    const out = temporaryFolder();
    const result = await simulate('--scenario', 'tutorial', '--privacy', 'tutorial-041', '--no-local', '--out', out);
    expect(result.final.metrics['accuracy']).toBeGreaterThanOrEqual(0.88);
    expect(result.privacy?.epsilon).toBeCloseTo(8386.21, 1);
    expect(result.privacy?.adjacency).toBe('replace-one');
    expect(result.privacy?.claims[0]).toMatchObject({ epsilon: 1, delta: 1e-5 });
  });

  it('ends with the table, the true epsilon and an audit log that verifies', async () => {
    const out = temporaryFolder();
    const { code, stdout, stderr } = await fedward('simulate', '--scenario', 'tutorial', '--rounds', '3', '--out', out);
    expect(code).toBe(0);
    expect(stderr).toMatch(/round 3\/3 .*accuracy .*epsilon/);
    expect(stdout).toMatch(/Hospital\s.*Samples.*Local accuracy.*Global accuracy/);
    expect(new Set(stdout.match(/hospital-\d/g)).size).toBe(5);
    expect(stdout).toMatch(/dp-sgd spent epsilon [\d.]+ at delta 0.00001/);
    expect(stdout).toContain('unit: record, adjacency: add-or-remove-one, accountant: pld');
    expect(stdout).toContain('SIMULATION ONLY');
    expect(stdout).toMatch(/Audit summary: \d+ events, 5 hospitals, 15 training events/);
    expect(stdout).toContain('Audit log verified');

    for (const name of [
      'plan.json',
      'result.json',
      'report.html',
      'model.safetensors',
      'keys.txt',
      'audit/checkpoint',
      'hospitals/hospital-4/audit/checkpoint',
      'certificates/round-0002.json',
    ])
      expect(existsSync(join(out, name)), name).toBe(true);
    const { tensors } = decodeSafetensors(readFileSync(join(out, 'model.safetensors')));
    expect(tensors.map(({ shape }) => shape)).toEqual([[100, 2], [2]]);
    const verified = await fedward('audit', 'verify', out, '--json');
    expect(verified.code).toBe(0);
    expect(JSON.parse(verified.stdout)).toMatchObject({ ok: true, faults: [] });
  });

  it('tells nothing under dp-sgd that was not paid for', async () => {
    const out = temporaryFolder();
    const result = await simulate('--scenario', 'tutorial', '--rounds', '2', '--no-local', '--out', out);
    expect(result.rounds.map(({ trainLoss }) => trainLoss)).toEqual([null, null]);
    expect(result.simulationOnly).toBe(true);
    const log = JSON.stringify(await runEvents(out));
    expect(log).toContain('"samples":"withheld"');
    expect(log).not.toMatch(/"samples":\d/);
  });
});
