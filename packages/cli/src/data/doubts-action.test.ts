import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { folderOf, run } from '../testing/run.js';

const schema = {
  columns: ['a', 'b'].map((name) => ({ name, kind: 'numeric', missing: 'error' })),
  label: {
    name: 'ill',
    kind: 'class',
    classes: [
      { name: 'well', values: ['0'] },
      { name: 'sick', values: ['1'] },
    ],
  },
  patientId: 'patient',
};

/** Patients who are easy to tell, and the lines of those whose label is wrong. */
function table(patients: number, wrongShare: number, told = 3) {
  const random = new Random(7);
  const wrong = new Set<number>();
  const rows = Array.from({ length: patients }, (_, i) => {
    const ill = i % 2;
    const flips = random.bernoulli(wrongShare);
    if (flips) wrong.add(i + 2); // line 1 has the names
    const value = () => (random.normal() + told * ill).toFixed(4);
    return `${value()},${value()},${flips ? 1 - ill : ill},"secret, ${i}"`;
  });
  return { text: ['a,b,ill,patient', ...rows, ''].join('\n'), wrong };
}
const files = (text: string, label: object = schema.label) =>
  folderOf({ 'own.csv': text, 'schema.json': JSON.stringify({ ...schema, label }) });
const doubts = (folder: string, ...flags: string[]) =>
  run('data', 'doubts', join(folder, 'own.csv'), '--schema', join(folder, 'schema.json'), ...flags);

describe('data doubts', () => {
  it('shows a rate and a count, and writes which records they are for the owner alone', async () => {
    const { text, wrong } = table(300, 0.2);
    const folder = await files(text);
    const out = join(folder, 'doubts.csv');
    const { code, stdout, stderr } = await doubts(folder, '--out', out);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/About \d+% of the labels look wrong: \d+ records are doubted\./);
    expect(stdout).toContain('the list stays at this site');
    expect(stdout).not.toContain('secret');
    expect(statSync(out).mode & 0o777).toBe(0o600);
    const [head, ...lines] = readFileSync(out, 'utf8').trimEnd().split('\n');
    expect(head).toBe('line,patient_id');
    const found = lines.map((line) => Number(line.split(',')[0]));
    for (const line of lines) {
      const at = Number(line.split(',')[0]);
      expect(line).toBe(`${at},"secret, ${at - 2}"`);
    }
    const right = found.filter((line) => wrong.has(line)).length;
    expect(right / found.length).toBeGreaterThan(0.9);
    expect(right / wrong.size).toBeGreaterThan(0.9);
  });

  it('says in JSON what the screen says, and no record', async () => {
    const { text, wrong } = table(300, 0.2);
    const folder = await files(text);
    const { stdout } = await doubts(folder, '--json', '--folds', '3');
    const json = JSON.parse(stdout) as Record<string, number>;
    expect(json).toMatchObject({ records: 300, folds: 3, classes: 2, model: 'logistic', usable: true });
    expect(Math.abs(json['noiseRate']! - wrong.size / 300)).toBeLessThan(0.05);
    expect(json).not.toHaveProperty('out');
    expect(stdout).not.toContain('secret');
  });

  it('counts no fewer than five', async () => {
    const folder = await files(table(200, 0, 6).text);
    const { stdout } = await doubts(folder);
    expect(stdout).toContain('Fewer than 5 labels are doubted.');
    expect(stdout).not.toContain('look wrong');
    expect(JSON.parse((await doubts(folder, '--json')).stdout)).toMatchObject({ doubted: null, noiseRate: null });
  });

  it('says where the model knows nothing', async () => {
    // Seven of eight are well, and nothing tells who is not.
    const random = new Random(3);
    const rows = Array.from({ length: 160 }, (_, i) => `${random.normal()},${random.normal()},${i % 8 ? 0 : 1},p${i}`);
    const folder = await files(['a,b,ill,patient', ...rows, ''].join('\n'));
    expect((await doubts(folder)).stdout).toContain('WARNING: the model is no better than the most common class');
    expect(JSON.parse((await doubts(folder, '--json')).stdout)).toMatchObject({ usable: false });
  });

  it('overwrites no file, and refuses a label without classes', async () => {
    const { text } = table(60, 0.1);
    const folder = await files(text);
    const taken = await doubts(folder, '--out', join(folder, 'own.csv'));
    expect([taken.code, taken.stderr]).toEqual([2, expect.stringContaining('--out')]);
    expect(readFileSync(join(folder, 'own.csv'), 'utf8')).toBe(text);
    const value = await doubts(await files(text, { name: 'ill', kind: 'value' }));
    expect([value.code, value.stderr]).toEqual([2, expect.stringContaining('has no classes')]);
  });
});
