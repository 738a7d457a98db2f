import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DemoOutcome } from '@fedward/coordinator';
import { natsServer } from '../../tools/testing/nats-hub.js';
import { fedward, simulate, start, temporaryFolder } from '../support/command.js';
import { processesOf } from '../support/processes.js';

const sites = ['hospital-0', 'hospital-1', 'hospital-2'];

describe.skipIf(!natsServer)('fedward demo', () => {
  it('ends with the model of the simulation with the same plan, bit by bit, though a hospital is killed', async () => {
    const folder = join(temporaryFolder(), 'demo');
    const outcome = await demo('--seeded', '--rounds', '12', '--folder', folder);
    const plan = join(folder, 'plan.json');
    const simulation = await simulate('--scenario', 'tutorial', '--hospitals', '3', '--config', plan);
    expect(outcome.model.sha256).toBe(simulation.model.sha256);
    expect(outcome.model.metrics['accuracy']).toBe(simulation.final.metrics['accuracy']);
    expect(outcome).toMatchObject({ rounds: 12, seconds: expect.any(Number) as number });
    expect(outcome.sites).toEqual(
      sites.map((id) => ({
        ...{ id, roundsTrained: 12, restarts: id === 'hospital-2' ? 1 : 0 },
        ...{ epsilon: expect.any(Number) as number, auditVerified: true },
      })),
    );
    // Ledgers count by RDP, the run by PLD.
    expect(outcome.sites[0]!.epsilon).toBeGreaterThan(simulation.privacy!.epsilon!);
    expect(processesOf(folder)).toEqual([]);
  });

  it('has secret noise otherwise: twice the same command, two models', async () => {
    const [one, other] = [await demo('--rounds', '2'), await demo('--rounds', '2')];
    expect(one.model.sha256).not.toBe(other.model.sha256);
  });

  it('ends all its processes on Ctrl-C, and says where their logs are', async () => {
    const folder = join(temporaryFolder(), 'demo');
    let interrupted = false;
    const ended = await start(['demo', '--rounds', '1000', '--folder', folder], (text, child) => {
      if (interrupted || !text.includes('round 2/')) return;
      interrupted = true;
      child.kill('SIGINT');
    });
    expect(ended).toMatchObject({ code: 130, stderr: expect.stringContaining(join(folder, 'logs')) as string });
    expect(existsSync(join(folder, 'logs', 'coordinator.log'))).toBe(true);
    expect(processesOf(folder)).toEqual([]);
  });

  it('says which process failed, and what it said last', async () => {
    const folder = join(temporaryFolder(), 'demo');
    const ended = await fedward('demo', '--rounds', '2', '--noise-multiplier', '0.01', '--folder', folder);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/hospital-\d.*budget/s);
    expect(processesOf(folder)).toEqual([]);
  });
});

async function demo(...args: readonly string[]): Promise<DemoOutcome> {
  const { code, stdout, stderr } = await fedward('demo', ...args, '--json');
  if (code !== 0) throw new Error(`exit code ${code}: ${stderr}`);
  return JSON.parse(stdout) as DemoOutcome;
}
