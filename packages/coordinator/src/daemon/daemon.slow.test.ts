import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { verifyAuditLog } from '@fedward/audit';
import { digestTensors, runFederation, type Json, type TrainingPlan } from '@fedward/core';
import { askControl } from '@fedward/kit-daemon';
import { readSigner, verifierOf, type Signer } from '@fedward/kit-keys';
import { firstWeights } from '@fedward/sim-healthcare';
import { connectHub, serveSite, type SiteDoor, type Study } from '@fedward/transport-nats';
import { describe, expect, it, onTestFinished } from 'vitest';
import { natsServer } from '../../../../tools/testing/nats-hub.js';
import { hubAddresses } from '../hub/addresses.js';
import type { Office } from '../members/office.js';
import type { StudyStatus } from '../studies/studies.js';
import type { StudyResult } from '../studies/study-result.js';
import { newCoordinatorIn, newFolder } from '../testing/federation.js';
import { hasServer, startServer } from '../testing/databases.js';
import { joins, type TestHospital } from '../testing/hospital.js';
import { fakePlugins, FakeSites } from '../testing/sites.js';
import { exampleStudy } from '../testing/store-checks.js';
import { startDaemon } from './daemon.js';
import { studyQuestions } from './study-handlers.js';

describe.skipIf(!natsServer)('a coordinator with a hub of its own', () => {
  it('runs a study with hospitals that joined, and goes on after a restart', () => runsAcross(null));

  it.skipIf(!hasServer())('does so with its store in a PostgreSQL server', async () => {
    const server = await startServer();
    onTestFinished(() => server.close());
    await runsAcross(await server.newDatabase());
  });
});

/** @param url of the store; null for the embedded one */
async function runsAcross(url: string | null): Promise<void> {
  const folder = join(await newFolder(), 'coordinator');
  const office = await newCoordinatorIn(folder);
  const config = { ...office.config, store: { url } };
  const study = exampleStudy({ id: 'across' }, { rounds: 12 });
  const hospitals = [];
  for (const id of study.members) hospitals.push(await joins(office, id));
  const signers = new Map<string, Signer>();
  for (const { id, files } of hospitals) signers.set(id, await readSigner(files.key));
  const sites = new FakeSites(await newFolder(), (id) => signers.get(id)!);
  onTestFinished(() => sites.close());

  const ask = (name: string, body: object): Promise<Json> =>
    askControl(folder, name, { id: 'across', ...body } as Json, { program: 'coordinator' });
  const status = async () => (await ask(studyQuestions.status, {})) as unknown as StudyStatus;
  let daemon = await startDaemon(config, { onStop: () => undefined });
  onTestFinished(() => daemon.close());
  for (const hospital of hospitals) await serves(hospital, office, study, sites);

  await expect(startDaemon(config, { onStop: () => undefined })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  await ask(studyQuestions.propose, { study: study as unknown as Json });
  await ask(studyQuestions.start, {});
  const done = (found: StudyStatus): number => found.events.filter(({ kind }) => kind === 'round').length;
  for (let now = await status(); done(now) < 3; now = await status()) await sleep(50);
  await daemon.close();
  daemon = await startDaemon(config, { onStop: () => undefined });
  for (let now = await status(); now.state !== 'done'; now = await status()) {
    expect(['waiting', 'running']).toContain(now.state);
    await sleep(100);
  }
  const result = (await ask(studyQuestions.result, {})) as unknown as StudyResult;
  expect(result.model.sha256).toBe(await digestAlone(study));
  expect(await verifyAuditLog(join(config.paths.studies, 'across', 'audit'))).toMatchObject({ ok: true });
  // The outbox of each has kept what was asked for twice.
  for (const id of study.members) expect(new Set(sites.trained.get(`across ${id}`)).size).toBe(12);
}

/** A hospital's courier, until the test is over. */
async function serves(hospital: TestHospital, office: Office, study: Study, sites: FakeSites): Promise<void> {
  const { config } = office;
  const identity = await hospital.identity();
  const stop = new AbortController();
  const connection = await connectHub({
    ...{ servers: hubAddresses(config), identity: () => identity, party: hospital.id, signal: stop.signal },
  });
  const transport = await sites.open(study);
  const door: SiteDoor = {
    admit: async () => undefined,
    clientOf: async () => transport.client(hospital.id),
    study: async () => ({ state: 'approved', why: '' }),
    taken: async () => undefined,
  };
  const courier = await serveSite({
    ...{ connection, federation: config.federation, id: hospital.id, signer: sites.signerOf(hospital.id), door },
    coordinator: () => verifierOf(office.signer.verifierKey),
    folder: join(hospital.folder, 'courier'),
  });
  onTestFinished(async () => {
    await courier.close();
    stop.abort();
    await connection.close();
  });
}

async function digestAlone(study: Study): Promise<string> {
  const plan = study.plan as TrainingPlan;
  const { aggregator, mechanisms } = await fakePlugins(plan);
  const transport = await new FakeSites().open(study);
  const initial = firstWeights(plan, undefined).parameters;
  return digestTensors(
    (await runFederation({ runId: 'alone', plan, transport, aggregator, mechanisms, initial })).model,
  );
}
