import { verifyAuditLog } from '@fedward/audit';
import { createParameters, digestTensors, layoutOf } from '@fedward/core';
import { readLedger } from '@fedward/privacy-dp/ledger';
import type { SimulateOptions } from '@fedward/sim-healthcare';
import { expect, it } from 'vitest';
import type { KnownOfSite } from '../config/index.js';
import { behindDoor, coordinatorKey, federate, keysOf, simulated, studyOf, temporary, threeApproved } from '../testing/hospitals.js'; // prettier-ignore

const dataDir = process.env['FEDWARD_DATA'];

interface Case {
  readonly options: Partial<SimulateOptions>;
  readonly data: KnownOfSite['data'];
  readonly there?: boolean;
}
const cases: Record<string, Case> = {
  'the tutorial with dp-sgd': { options: {}, data: { scenario: 'tutorial', hospitals: 3 } },
  'the tutorial with SCAFFOLD': {
    options: {
      ...{ privacy: 'none', aggregator: 'scaffold' },
      set: { 'training.optimizer': { name: 'sgd', learningRate: 0.1 } },
    },
    data: { scenario: 'tutorial', hospitals: 3 },
  },
  'heart disease': {
    options: { ...{ scenario: 'heart-disease', privacy: 'dp-sgd' }, ...(dataDir !== undefined && { dataDir }) },
    data: { scenario: 'heart-disease', folder: dataDir ?? '/nowhere' },
    there: dataDir !== undefined,
  },
};

it.each(Object.entries(cases))('%s gives the bits of a simulation of the same plan', async (_, given) => {
  const { options, data, there = true } = given;
  if (!there) return;
  const at = temporary();
  const { plan, result } = await simulated(options);
  const coordinator = await coordinatorKey(at);
  const ids = result.hospitals.map(({ id }) => id);
  // The zeros that `federate` starts from: each hospital holds what it is sent against them, whatever the strategy sends beside.
  const initial = `sha256:${digestTensors(createParameters(layoutOf(plan.model)))}`;
  const study = studyOf(plan, ids, { initial });
  const sites = await threeApproved(at, study, coordinator, { data, ledger: { budget: 100 } });
  const clients = sites.map((site) => behindDoor(site, study));
  const { model } = await federate({ study, clients, coordinator, keys: keysOf(sites), folder: at });
  expect(digestTensors(model)).toBe(result.model.sha256);
  for (const { files, signer, door } of sites) {
    expect(await verifyAuditLog(files.audit, { keys: [signer.verifierKey] })).toMatchObject({ ok: true });
    if (plan.privacy) expect((await readLedger(files.ledger)).releases).toBe(plan.rounds);
    const [kept] = await door.standings();
    expect(kept!.record.answered).toEqual({ newest: plan.rounds - 1, rounds: plan.rounds });
    expect(kept!.record.begun).toEqual(kept!.record.proposed!.subject);
  }
});
