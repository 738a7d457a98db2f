import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, describe, it } from 'vitest';
import { fedward, temporaryFolder } from './support/command.ts';

const data = process.env['FEDWARD_DATA'];

/** Writes a hospital's files, each by its path. */
function folderOf(files: Record<string, string | Uint8Array>): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** A made-up patient, always the same for the same number. */
function patient(i: number): string[] {
  const ill = (i * 7) % 3 === 0 ? 1 : 0;
  return [`person${i}`, String(30 + ((i * 13) % 40) + 10 * ill), String(100 + ((i * 29) % 60)), i % 2 ? 'f' : 'm', String(ill)]; // prettier-ignore
}
const header = ['patient', 'age', 'bp', 'sex', 'ill'];
const lines = (from: number, mark: string): string =>
  [header, ...Array.from({ length: 60 }, (_, i) => patient(from + i))].map((row) => row.join(mark)).join('\n') + '\n';
const arff = (from: number): string =>
  [
    '@relation ward',
    ...['patient string', 'age numeric', 'bp numeric', 'sex {f,m}', 'ill {0,1}'].map((one) => `@attribute ${one}`),
    '@data',
    ...Array.from({ length: 60 }, (_, i) => patient(from + i).join()),
  ].join('\n');

interface Shown {
  readonly screen: string;
  readonly report: string;
}

async function simulate(...args: string[]): Promise<Shown> {
  const out = join(temporaryFolder(), 'run');
  const { code, stdout, stderr } = await fedward('simulate', ...args, '--rounds', '1', '--no-local', '--out', out);
  expect(code, stderr).toBe(0);
  return { screen: stdout + stderr, report: readFileSync(join(out, 'report.html'), 'utf8') };
}

async function draftOf(...files: string[]): Promise<string> {
  const schema = join(temporaryFolder(), 'schema.json');
  const { code, stdout, stderr } = await fedward('data', 'inspect', ...files, '--write', schema);
  expect(code, stderr).toBe(0);
  expect(stdout).not.toMatch(/person\d/);
  return schema;
}

const unknown = /person\d|undefined|NaN|\[object/;

describe('a draft works as it is, for one file and for several', () => {
  it.each([
    ['csv', (from: number) => lines(from, ',')],
    ['tsv', (from: number) => lines(from, '\t')],
    ['arff', arff],
  ])('%s', async (ending, content) => {
    const folder = folderOf({ [`a.${ending}`]: content(0), [`b.${ending}`]: content(100) });
    const files = ['a', 'b'].map((name) => join(folder, `${name}.${ending}`));
    const { screen, report } = await simulate('--schema', await draftOf(...files), '--data', folder);
    for (const shown of [screen, report]) expect(shown).not.toMatch(unknown);
    expect(screen).toContain('a: 60 of 60 rows used');
    const one = await draftOf(files[0]!);
    for (const partition of ['iid:2', 'dirichlet:2:5', 'quantity:2:5', 'feature:2:age', 'column:sex'])
      await simulate('--schema', one, '--data', files[0]!, '--partition', partition);
  });
});

const label = { name: 'y', kind: 'class', classes: ['0', '1'].map((name) => ({ name, values: [Number(name)] })) };
const schemaFile = (schema: object): string => join(folderOf({ 'schema.json': JSON.stringify(schema) }), 'schema.json');

describe('what cells name', () => {
  it('recordings: their names are not shown', async () => {
    const files: Record<string, string | Uint8Array> = {};
    for (const ward of ['a', 'b']) {
      const rows = Array.from({ length: 24 }, (_, i) => {
        const name = `person${ward}${i}`;
        files[`${ward}-records/${name}.hea`] = `${name} 1 100 8\n${name}.dat 16 100/mV\n`;
        files[`${ward}-records/${name}.dat`] = new Uint8Array(new Int16Array(8).fill(i % 2 ? 90 + i : -90 - i).buffer);
        return `${ward}-records/${name},${i % 2}`;
      });
      files[`${ward}.csv`] = ['ecg,y', ...rows].join('\n');
    }
    const columns = [{ name: 'ecg', kind: 'signal', shape: [8, 1], range: [-3, 3] }];
    const { screen, report } = await simulate('--schema', schemaFile({ columns, label }), '--data', folderOf(files));
    for (const shown of [screen, report]) {
      expect(shown).toContain('48 files that cells name');
      expect(shown).not.toMatch(/persona|personb/);
    }
  });
});

describe.skipIf(!data)('folders of tables, one of them parted among hospitals (needs FEDWARD_DATA)', () => {
  it('synthea', async () => {
    const synthea = {
      columns: {
        id: { patient: 'Id' },
        county: { patient: 'COUNTY' },
        conditions: { table: 'conditions', aggregate: 'count' },
        y: { table: 'allergies', aggregate: 'any' },
      },
    };
    const columns = [{ name: 'conditions', kind: 'numeric', range: [0, 50] }];
    const schema = schemaFile({ synthea, columns, label, patientId: 'id' });
    const { screen } = await simulate('--schema', schema, '--data', join(data ?? '', 'synthea-csv'), '--partition', 'iid:3'); // prettier-ignore
    expect(screen).toContain('3 hospitals');
  });

  it('a CT that was cut short is refused by its row', async () => {
    const folder = folderOf({ 'a.csv': 'image,y\nperson1.dcm,0\n' });
    cpSync(join(data ?? '', 'dicom', 'CT_small.dcm'), join(folder, 'person1.dcm'));
    const whole = readFileSync(join(folder, 'person1.dcm'));
    writeFileSync(join(folder, 'person1.dcm'), whole.subarray(0, whole.length / 2));
    const columns = [{ name: 'image', kind: 'image', shape: [16, 16, 1], range: [-1000, 3000], resize: true }];
    await refused(/a\.csv, line 2, column "image".*cut short/, '--schema', schemaFile({ columns, label }), '--data', folder); // prettier-ignore
  });
});

async function refused(why: RegExp, ...args: string[]): Promise<void> {
  const out = join(temporaryFolder(), 'run');
  const { code, stderr } = await fedward('simulate', ...args, '--out', out);
  expect(code).toBe(2);
  expect(stderr.trim()).toMatch(why);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).not.toMatch(/person|\n {4}at /);
  expect(existsSync(out)).toBe(false);
}

describe('malformed data are refused in one sentence', () => {
  const table = () => schemaFile({ columns: [{ name: 'age', kind: 'numeric' }], label });
  const wide = Array.from({ length: 100_000 }, (_, i) => `c${i}`).join();

  it.each<[string, Record<string, string>, RegExp]>([
    ['bytes of zero', { 'a.csv': 'age,y\n3\0,1\n' }, /is no text; it has bytes of zero/],
    ['100,000 columns', { 'a.csv': `age,y,${wide}\n` }, /100002 columns; the most is 65536/],
    ['a folder where a file is meant', { 'a.csv/b': '' }, /there are no hospitals: .*the folder a\.csv/],
    ['an archive that is none', { 'a.npz': 'PK\u0003\u0004person' }, /no archive that can be read/],
  ])('%s', (_, files, why) => refused(why, '--schema', table(), '--data', folderOf(files)));

  it('a link that leads to itself', async () => {
    const folder = temporaryFolder();
    symlinkSync('a.csv', join(folder, 'a.csv'));
    await refused(/a link that leads to itself/, '--schema', table(), '--data', folder);
  });
});
