import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readAuditLog } from '@fedward/audit';
import { readLedger } from '@fedward/privacy-dp/ledger';
import { expect } from 'vitest';
import type { StudyEnd, TestDeployment } from '../../tools/testing/deployment.js';
import { simulate } from '../support/command.js';

/** A plan, and what a simulation of it comes to. */
export interface SimulatedStudy {
  /** plan.json of the simulation. */
  readonly plan: string;
  readonly rounds: number;
  readonly sha256: string;
}

/**
 * Trains the tutorial's first hospitals under DP-SGD with seeded noise, all of them in each round.
 * @param hidden units of a hidden layer: from some 640 on, updates are larger than what travels in one message
 */
export async function simulateStudy(folder: string, rounds: number, hidden = 0): Promise<SimulatedStudy> {
  const out = join(folder, `simulation-${rounds}-${hidden}`);
  const config = join(folder, `config-${rounds}-${hidden}.json`);
  const layers = [...(hidden === 0 ? [] : [{ type: 'dense', units: hidden }, { type: 'activation', function: 'relu' }]), { type: 'dense', units: 2 }]; // prettier-ignore
  const model = { inputShape: [100], layers, loss: 'softmax-cross-entropy' };
  writeFileSync(config, JSON.stringify({ model, onMissedQuorum: 'fail' }));
  const size = ['--hospitals', '3', '--quorum', '3', '--rounds', String(rounds), '--steps', '4'];
  const result = await simulate('--scenario', 'tutorial', ...size, '--config', config, '--out', out);
  return { plan: join(out, 'plan.json'), rounds, sha256: result.model.sha256 };
}

/** How much may be repeated at a hospital: it died between its charge and the moment at which its answer was kept. */
export interface Repeats {
  readonly [hospital: string]: number;
}

/**
 * The same model as without any fault, each round trained once at each hospital (and charged once, except where it died in
 * between), logs and ledgers without a fault.
 */
export async function expectUndisturbed(
  deployment: TestDeployment,
  id: string,
  end: StudyEnd,
  study: SimulatedStudy,
  repeats: Repeats = {},
): Promise<void> {
  try {
    await expectSame(deployment, id, end, study, repeats);
  } catch (error) {
    (error as Error).message += `\n${await deployment.story(id)}`;
    throw error;
  }
}

async function expectSame(
  deployment: TestDeployment,
  id: string,
  end: StudyEnd,
  { sha256, rounds }: SimulatedStudy,
  repeats: Repeats,
): Promise<void> {
  expect(end.sha256).toBe(sha256);
  for (const site of end.sites) expect(site).toMatchObject({ roundsTrained: rounds, auditVerified: true });
  for (const member of deployment.members) {
    const most = rounds + (repeats[member] ?? 0);
    const { trainings, charges } = await countsOf(deployment, member, id);
    expect(trainings, `trainings of ${member}`).toBeGreaterThanOrEqual(rounds);
    expect(trainings, `trainings of ${member}`).toBeLessThanOrEqual(most);
    expect(charges, `charges of ${member}`).toBeGreaterThanOrEqual(rounds);
    expect(charges, `charges of ${member}`).toBeLessThanOrEqual(most);
  }
}

/** As a hospital's own log and ledger tell. */
async function countsOf({ local }: TestDeployment, member: string, id: string) {
  const folder = local.siteFolder(member);
  let trainings = 0;
  for await (const { event } of readAuditLog(join(folder, 'audit')))
    if (event.type === 'training' && event.runId === id) trainings++;
  const { studies } = await readLedger(join(folder, 'ledger'));
  return { trainings, charges: studies.find(({ runId }) => runId === id)?.releases ?? 0 };
}
