/**
 * A process that runs one study around hospitals of its own, and is killed by a test: `FOLDER [POINT ROUND]`. At that point
 * of that round it kills itself, once in the folder's life. It goes on with what it finds, and ends when the study is done.
 */
import { createPrivateKey } from 'node:crypto';
import { subscribe } from 'node:diagnostics_channel';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sha256 } from '@fedward/core';
import { pointChannel, type PointReached } from '@fedward/kit-daemon';
import { signerOf } from '@fedward/kit-keys';
import { openStore } from '../store/open.js';
import { softwareHere } from '../studies/software.js';
import { Studies } from '../studies/studies.js';
import { StudyStore } from '../studies/study-store.js';
import { fakePlugins, FakeSites } from './sites.js';
import { exampleStudy } from './store-checks.js';

const [, , folder, point, round] = process.argv as [string, string, string, string?, string?];
const done = join(folder, 'killed');

subscribe(pointChannel, (message) => {
  const { point: at, about } = message as PointReached;
  if (at !== point || about['round'] !== Number(round) || existsSync(done)) return;
  writeFileSync(done, at);
  process.kill(process.pid, 'SIGKILL');
});

/** The same key in each process, of the last 32 bytes of a PKCS#8 key (RFC 8410). */
const keyOf = (name: string) => {
  const key = Buffer.from(`302e020100300506032b657004220420${sha256(name)}`, 'hex');
  return signerOf(name, createPrivateKey({ key, format: 'der', type: 'pkcs8' }));
};

const sites = new FakeSites(join(folder, 'sites'), keyOf);
sites.onTask = () => sleep(3);
const store = new StudyStore(await openStore({ folder: join(folder, 'store') }));
const studies = new Studies({
  ...{ store, folder: join(folder, 'studies'), signer: keyOf('coordinator') },
  members: { ids: () => [], verifierKeyOf: (id) => sites.signerOf(id).verifierKey },
  ...{ presence: sites.presence, transports: sites, pluginsOf: fakePlugins, software: softwareHere() },
  settings: { noise: 'seeded', askEvery: 0.05, backoff: [0.01, 0.1] },
  say: () => undefined,
});
await studies.begin();
const study = exampleStudy({ id: 'killed' }, { rounds: 30 });
if ((await store.list()).length === 0) await studies.propose(study);
if ((await studies.status('killed')).state === 'proposed') await studies.start('killed');
process.stdout.write('ready\n');
for (let status = await studies.status('killed'); status.state !== 'done'; status = await studies.status('killed'))
  await sleep(20);
await studies.close();
process.stdout.write(`done ${(await studies.result('killed')).model.sha256}\n`);
process.exit(0);
