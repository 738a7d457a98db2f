import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckReport } from '@fedward/compliance';
import { describe, expect, it } from 'vitest';
import { folderOf, run } from '../testing/run.js';

const tutorial = ['check', '--scenario', 'tutorial', '--hospitals', '2'];

const files = {
  'schema.json': JSON.stringify({
    columns: [{ name: 'age', kind: 'numeric' }],
    label: {
      name: 'ill',
      kind: 'class',
      classes: [
        { name: 'well', values: [0] },
        { name: 'ill', values: [1] },
      ],
    },
  }),
  'north.csv': ['age,ill', ...Array.from({ length: 24 }, (_, i) => `${72 + i},${i % 2}`)].join('\n'),
};

describe('fedward check', () => {
  it('prints rule by rule what was looked at, what it came to, and what it does not show', async () => {
    const { code, stdout } = await run(...tutorial);
    expect(code).toBe(0);
    for (const word of ['164.514(b)(2)(i)(A)', 'not applicable', 'NEEDS A PERSON', 'Does not show', 'NEED A PERSON:'])
      expect(stdout).toContain(word);
    expect(stdout).toContain('Whether a law is kept to is for people to say.');
    expect(stdout).not.toMatch(/compliant/i);
  });

  it('ends with 1 where a rule fails, naming it, and writes the report', async () => {
    const folder = await folderOf(files);
    const out = join(await folderOf({}), 'check.json');
    const { code, stdout } = await run(
      'check',
      '--data',
      folder,
      '--schema',
      join(folder, 'schema.json'),
      '--out',
      out,
    );
    expect(code).toBe(1);
    expect(stdout).toContain('1 of 41 rules FAIL: hipaa-safe-harbor-c');
    const report = JSON.parse(await readFile(out, 'utf8')) as CheckReport;
    expect(report.summary.fail).toBe(1);
    expect(stdout).toContain(report.digest);
  });

  it('takes declarations, of which a template is printed', async () => {
    const template = await run('check', '--template');
    expect(template.code).toBe(0);
    const folder = await folderOf({
      'empty.yaml': template.stdout,
      'some.yaml': 'schemaVersion: 1\nlaws: [gdpr]\nretention: { until: 2020-01-01 }\n',
    });
    const empty = await run(...tutorial, '--declarations', join(folder, 'empty.yaml'), '--json');
    expect(empty.code).toBe(0);
    const some = await run(...tutorial, '--declarations', join(folder, 'some.yaml'), '--json');
    expect(some.code).toBe(1);
    const failing = (JSON.parse(some.stdout) as CheckReport).rules.filter(({ outcome }) => outcome === 'fail');
    expect(failing.map(({ id }) => id)).toEqual(['gdpr-storage']);
  });

  it('refuses declarations that are none, with the exit code of a configuration', async () => {
    const folder = await folderOf({ 'wrong.yaml': 'schemaVersion: 1\nhippa: {}\n' });
    const wrong = await run(...tutorial, '--declarations', join(folder, 'wrong.yaml'));
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('hippa');
    const none = await run(...tutorial, '--declarations', join(folder, 'none.yaml'));
    expect(none.code).toBe(2);
    expect(none.stderr).toContain('--declarations');
  });
});
