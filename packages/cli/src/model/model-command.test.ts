import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simulate } from '@fedward/sim-healthcare';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderOf, run } from '../testing/run.js';

const home = mkdtempSync(join(tmpdir(), 'fedward-model-'));
afterAll(() => rmSync(home, { recursive: true }));

const rowsOf = (seed: number): string => {
  const rows = Array.from({ length: 60 }, (_, i) => {
    const marker = ((i * 37 + seed * 11) % 60) / 10;
    return `p${seed}-${i},${marker},${marker > 3 !== (i % 7 === 0) ? 1 : 0}`;
  });
  return ['pid,marker,sick', ...rows, ''].join('\n');
};
const schema = JSON.stringify({
  columns: [{ name: 'marker', kind: 'numeric', missing: 'drop-row' }],
  label: {
    name: 'sick',
    kind: 'class',
    missing: 'error',
    classes: [
      { name: 'healthy', values: [0] },
      { name: 'ill', values: [1] },
    ],
  },
  patientId: 'pid',
});

const files: Record<string, string> = { 'schema.json': schema, 'north.csv': rowsOf(1), 'south.csv': rowsOf(2) };
const out = join(home, 'run');
let accuracy: number;

beforeAll(async () => {
  mkdirSync(join(home, 'data'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(home, 'data', name), text);
  const result = await simulate({ scenario: 'study', dataDir: join(home, 'data'), rounds: 2 }, out);
  accuracy = result.hospitals.find(({ id }) => id === 'north')!.globalMetrics['accuracy']!;
});

const north = join(home, 'data', 'north.csv');

describe('fedward model', () => {
  it('predicts the test part of a hospital to the very accuracy of the report, and evaluates it so', async () => {
    const csv = join(home, 'p.csv');
    expect((await run('model', 'predict', out, north, '--part', 'test', '--out', csv)).code).toBe(0);
    const truth = new Map(
      rowsOf(1)
        .split('\n')
        .map((line, i) => [String(i + 1), line.split(',')[2]]),
    );
    const lines = readFileSync(csv, 'utf8').trimEnd().split('\n').slice(1);
    const right = lines.filter((line) => {
      const cells = line.split(',');
      return cells[4] === (truth.get(cells[0]!) === '1' ? 'ill' : 'healthy');
    });
    expect(right.length / lines.length).toBe(accuracy);
    const { stdout } = await run('model', 'evaluate', out, north, '--part', 'test', '--json');
    expect((JSON.parse(stdout) as { figures: { accuracy: { value: number } } }).figures.accuracy.value).toBe(accuracy);
  });

  it('says loudly that it was trained on a file, and asks whose a new one is', async () => {
    expect((await run('model', 'evaluate', out, north)).stderr).toContain('TRAINED ON');
    const folder = await folderOf({ 'new.csv': 'marker\n1\n5\nhigh\n' });
    const file = join(folder, 'new.csv');
    const refused = await run('model', 'predict', out, file, '--out', '-');
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('--as-new-hospital') });
    const { stdout, code } = await run('model', 'predict', out, file, '--as-new-hospital', '--out', '-');
    expect(code).toBe(0);
    expect(stdout).toContain('4,,,,marker: not a number');
    const { code: part } = await run(
      'model',
      'predict',
      out,
      file,
      '--as-new-hospital',
      '--part',
      'test',
      '--out',
      '-',
    );
    expect(part).toBe(2);
  });

  it('shows what a model is, and its coefficients', async () => {
    const shown = await run('model', 'show', out, '--json');
    expect(JSON.parse(shown.stdout)).toMatchObject({ version: 1, run: { ok: true, state: 'sealed' } });
    expect((await run('model', 'show', out)).stdout).toContain('verified: the log vouches');
    const table = await run('model', 'show', out, '--coefficients', '--hospital', 'south', '--format', 'csv');
    expect(table.stdout).toMatch(/^column,level,unit,transform,lowest,highest,coefficient\n\(intercept\),/);
  });
});
