import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkStudy, type CheckReport } from '@fedward/compliance';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkFacts } from './check-facts.js';

const dataDir = process.env['FEDWARD_DATA'];
const today = '2026-06-01';

const outcomeOf = ({ rules }: CheckReport, id: string): string => rules.find((rule) => rule.id === id)!.outcome;
const safeHarbor = ({ rules }: CheckReport): string[] =>
  rules.filter(({ id }) => id.startsWith('hipaa-safe-harbor')).map(({ outcome }) => outcome);

/** Two hospitals whose files have a name, a record number and notes beside what is read. */
async function studyFolder(schema: object): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fedward-check-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const rows = Array.from({ length: 24 }, (_, i) => `${4400 + i},Okafor,${50 + (i % 40)},${i % 2},call (617) 555-0182`);
  for (const hospital of ['north', 'south'])
    await writeFile(join(folder, `${hospital}.csv`), ['mrn,last_name,age,ill,note', ...rows].join('\n'));
  await writeFile(join(folder, 'schema.json'), JSON.stringify(schema));
  return folder;
}

const schema = {
  columns: [{ name: 'age', kind: 'numeric' }],
  label: {
    name: 'ill',
    kind: 'class',
    classes: [
      { name: 'well', values: [0] },
      { name: 'ill', values: [1] },
    ],
  },
};

describe('checkFacts', () => {
  it('looks at columns that nothing reads, and leaves out those that are declared', async () => {
    const folder = await studyFolder(schema);
    const facts = await checkFacts({ scenario: 'study', dataDir: folder }, { today });
    expect(facts.hospitals).toEqual(['north', 'south']);
    expect(facts.tables.map(({ hospital, rows, digest }) => [hospital, rows, digest !== undefined])).toEqual([
      ['north', 24, true],
      ['south', 24, true],
    ]);
    expect(facts.tables[0]!.columns.map(({ name, role }) => `${name} ${role}`)).toEqual([
      'mrn unread',
      'last_name unread',
      'age feature',
      'ill label',
      'note unread',
    ]);
    const report = checkStudy(facts);
    expect(['a', 'd', 'h'].map((letter) => outcomeOf(report, `hipaa-safe-harbor-${letter}`))).toEqual(
      Array.from({ length: 3 }, () => 'needs-a-person'),
    );
    expect(JSON.stringify(facts)).not.toMatch(/Okafor|555-0182/);
  });

  it('lets those pass that the schema declares as identifiers or as the patient id', async () => {
    const folder = await studyFolder({ ...schema, patientId: 'mrn', identifiers: ['last_name', 'note'] });
    const report = checkStudy(await checkFacts({ scenario: 'study', dataDir: folder }, { today }));
    expect(new Set(safeHarbor(report))).toEqual(new Set(['pass']));
  });

  it('fails where one is a feature', async () => {
    const columns = [...schema.columns, { name: 'last_name', kind: 'categorical', levels: ['Okafor', 'Roe'] }];
    const folder = await studyFolder({ ...schema, columns });
    const report = checkStudy(await checkFacts({ scenario: 'study', dataDir: folder }, { today }));
    expect(outcomeOf(report, 'hipaa-safe-harbor-a')).toBe('fail');
  });

  it('finds no patients where they are simulated', async () => {
    const report = checkStudy(await checkFacts({ scenario: 'tutorial', hospitals: 2 }, { today }));
    expect(new Set(safeHarbor(report))).toEqual(new Set(['not-applicable']));
    expect(report.summary.fail).toBe(0);
  });
});

describe.skipIf(!dataDir)('checkFacts of published data (need FEDWARD_DATA)', () => {
  it.each(['heart-disease', 'wdbc', 'pneumonia'])('%s: no identifier is found in what is read', async (scenario) => {
    const report = checkStudy(await checkFacts({ scenario, dataDir: dataDir! }, { today }));
    expect(new Set(safeHarbor(report))).toEqual(new Set(['pass']));
  });

  it('heart-failure has ages over 89', async () => {
    const report = checkStudy(await checkFacts({ scenario: 'heart-failure', dataDir: dataDir! }, { today }));
    expect(report.rules.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id)).toEqual([
      'hipaa-safe-harbor-c',
    ]);
  });
});
