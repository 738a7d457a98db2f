import { join } from 'node:path';
import { openAuditLog } from '@fedward/audit';
import { describe, expect, it } from 'vitest';
import { auditEventRules, validateCollection } from '../packages/audit/src/testing/fhir/rules.ts';
import { validate } from '../packages/audit/src/testing/fhir/validate.ts';
import { fedward, simulate, start, temporaryFolder } from './support/command.ts';

const data = process.env['FEDWARD_DATA'];

interface Resource {
  readonly type: { readonly code: string };
  readonly subtype: readonly { readonly code: string }[];
  readonly entity: readonly {
    readonly name: string;
    readonly what: { readonly identifier: { readonly value: string } };
  }[];
}

describe.skipIf(!data)("a run's log as FHIR, held to the published definition (needs FEDWARD_DATA)", () => {
  it.each([
    ['under privacy, on simulated hospitals', ['--scenario', 'tutorial', '--privacy', 'dp-sgd', '--delta', '1e-5']],
    ['on real hospitals', ['--scenario', 'heart-disease']],
    ['under secure aggregation', ['--scenario', 'tutorial', '--secagg']],
  ])('%s', async (_, args) => {
    const folder = join(temporaryFolder(), 'run');
    const { planHash, audit } = await simulate(...args, '--rounds', '2', '--no-local', '--out', folder);
    const rules = auditEventRules(join(data!, 'fhir-r4-examples'));

    const { code, stdout } = await fedward('audit', 'export', folder, '--format', 'fhir');
    expect(code).toBe(0);
    const resources = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Resource);
    expect(resources.flatMap((resource) => validate(resource, rules))).toEqual([]);
    const training = resources.filter(({ subtype }) => subtype[0]!.code === 'training');
    expect(training).toHaveLength(audit.trainingEvents);
    expect(resources.filter(({ subtype }) => subtype[0]!.code === 'update-leaves')).toHaveLength(audit.trainingEvents);
    const plans = training.map(({ entity }) => entity.find(({ name }) => name === 'plan')?.what.identifier.value);
    expect(new Set(plans)).toEqual(new Set([planHash.replace('sha256:', '')]));

    const bundle = await fedward('audit', 'export', folder, '--format', 'fhir', '--bundle');
    expect(validateCollection(JSON.parse(bundle.stdout), rules)).toEqual([]);
  });
});

it('a log of 100,000 entries is shown and exported in a small heap', async () => {
  const folder = temporaryFolder();
  const log = await openAuditLog(folder, { fsync: false });
  const appended: Promise<unknown>[] = [];
  for (let n = 0; n < 100_000; n++) {
    const time = new Date(Date.UTC(2026, 0, 1) + n).toISOString();
    const details = { samples: n, note: 'x'.repeat(300) };
    appended.push(
      log.append({ type: 'training', time, runId: 'run', round: n >> 3, clientId: `site-${n % 8}`, details }),
    );
    if (appended.length === 1000) await Promise.all(appended.splice(0));
  }
  await log.close();
  for (const args of [
    ['show'],
    ['show', '--json'],
    ['export', '--format', 'csv'],
    ['export', '--format', 'fhir', '--out', join(temporaryFolder(), 'x')],
  ]) {
    const [command, ...options] = args;
    // Held in memory, the entries alone would take more than twice as much.
    const limited = 'export NODE_OPTIONS=--max-old-space-size=48';
    const { code, stderr } = await start(['audit', command!, folder, ...options], undefined, limited);
    // A table says beside itself that it was not verified; progress is of no interest here.
    const said = stderr.replace(/^\d+ entries$/gm, '').trim();
    const note = args.join() === 'show' ? /^Shown as it is on the disk: .*$/ : /^$/;
    expect({ args, code, stderr: said }).toEqual({ args, code: 0, stderr: expect.stringMatching(note) as string });
  }
});
