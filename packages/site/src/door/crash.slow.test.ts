import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readAuditLog, verifyAuditLog } from '@fedward/audit';
import { readLedger } from '@fedward/privacy-dp/ledger';
import { expect, it } from 'vitest';
import { coordinatorKey, headOf, hospitalFolder, opened, studyOf, temporary } from '../testing/hospitals.js';
import { tableIn, tablePlan } from '../testing/table.js';

const at = (name: string): string => fileURLToPath(new URL(`../testing/${name}.ts`, import.meta.url));

interface Ended {
  readonly signal: string | null;
  readonly stdout: string;
}

/** A process that answers one round; killed at a point, if one is named. */
function answering(folder: string, head: string, killAt?: string): Promise<Ended> {
  const args = ['--conditions=fedward-source', '--import', 'tsx', '--import', at('kill-at'), at('answer-once'), folder, '0', head]; // prettier-ignore
  const env = { ...process.env, ...(killAt !== undefined && { FEDWARD_KILL_AT: killAt }) };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { env }, (error, stdout, stderr) => {
      const signal = (error as { signal?: string } | null)?.signal ?? null;
      if (error && signal === null) return reject(new Error(stderr));
      resolve({ signal, stdout });
    });
  });
}

async function ready() {
  const folder = temporary();
  const coordinator = await coordinatorKey(folder);
  const data = tableIn(folder);
  const site = await hospitalFolder(folder, 'north', coordinator, { data, noise: 'secret', ledger: { budget: 50 } });
  const { door, files, signer, close } = await opened(site);
  await door.study({ kind: 'proposed', study: studyOf(tablePlan(), ['north']) });
  await door.approve('study-1', { by: 'anna', words: '' });
  await close();
  const head = join(folder, 'head.json');
  writeFileSync(head, JSON.stringify(await headOf(folder, coordinator)));
  const standing = async () => {
    const types: string[] = [];
    for await (const { event } of readAuditLog(files.audit)) types.push(event.type);
    const { ok } = await verifyAuditLog(files.audit, { keys: [signer.verifierKey] });
    const { releases } = await readLedger(files.ledger);
    return { ok, releases, trainings: types.filter((type) => type === 'training').length };
  };
  return { site, head, standing };
}

// What a kill costs: before the charge nothing; between the charge and the answer on disk one more charge, since noise that
// was secret is gone with its process; afterwards nothing again, and the bits are the same.
it.each<
  [
    string,
    { readonly releases: number; readonly trainings: number },
    { readonly releases: number; readonly trainings: number },
  ]
>([
  ['site.admitted', { releases: 0, trainings: 0 }, { releases: 1, trainings: 1 }],
  ['site.trained', { releases: 1, trainings: 0 }, { releases: 2, trainings: 1 }],
  ['site.answer-kept', { releases: 1, trainings: 1 }, { releases: 1, trainings: 1 }],
])('killed at %s, a site goes on', async (point, after, atLast) => {
  const { site, head, standing } = await ready();
  expect((await answering(site, head, point)).signal).toBe('SIGKILL');
  expect(await standing().catch(() => ({ ok: true, releases: 0, trainings: 0 }))).toEqual({ ok: true, ...after });
  const first = await answering(site, head);
  expect(first.stdout).toMatch(/^[0-9a-f:a-z]{64,}$/);
  expect(await standing()).toEqual({ ok: true, ...atLast });
  const second = await answering(site, head);
  expect(second.stdout).toBe(first.stdout);
  expect(await standing()).toEqual({ ok: true, ...atLast });
});
