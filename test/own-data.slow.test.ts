import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '@fedward/core';
import type { SimulationResult } from '@fedward/sim-healthcare';
import { expect, it } from 'vitest';
import { fedward, temporaryFolder } from './support/command.ts';

/** Patients with one or two visits, values that are missing, and levels in words. */
function hospital(name: string, patients: number): string {
  const random = new Random(`own data of ${name}`);
  const rows = ['pid,age,sex,smoking,creatinine,sick'];
  for (let patient = 0; patient < patients; patient++) {
    const age = Math.round(60 + 12 * random.normal());
    const sex = random.bernoulli(0.5) ? 'F' : 'M';
    const smoking = ['never', 'former', 'current'][random.integer(0, 3)]!;
    for (let visit = random.integer(0, 2); visit >= 0; visit--) {
      const creatinine = 80 + 15 * random.normal();
      const z = (age - 60) / 10 + (smoking === 'current' ? 1 : -0.4) + (creatinine - 80) / 15;
      const sick = random.bernoulli(1 / (1 + Math.exp(-z))) ? 'yes' : 'no';
      const [told, measured] = [
        random.bernoulli(0.06) ? '' : smoking,
        random.bernoulli(0.08) ? '' : creatinine.toFixed(1),
      ];
      rows.push([`${name}${patient}`, age, sex, told, measured, sick].join(','));
    }
  }
  return `${rows.join('\n')}\n`;
}

async function run(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await fedward(...args);
  expect(code, stderr).toBe(0);
  return stdout;
}

it('from CSV files to predictions of raw rows that are right as often as the result says, to the last digit', async () => {
  const folder = temporaryFolder();
  const names = ['east', 'north', 'west'];
  const file = (name: string) => join(folder, `${name}.csv`);
  names.forEach((name, i) => writeFileSync(file(name), hospital(name, 80 + 20 * i)));
  const written = ['--label', 'sick', '--patient-id', 'pid', '--write', join(folder, 'schema.json')];
  await run('data', 'inspect', ...names.map(file), ...written);
  const out = join(temporaryFolder(), 'run');
  await run('simulate', '--scenario', 'study', '--data', folder, '--rounds', '3', '--no-local', '--out', out);
  const result = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as SimulationResult;

  let [right, rows] = [0, 0];
  for (const name of names) {
    const predicted = join(out, `${name}.csv`);
    await run('model', 'predict', out, file(name), '--part', 'test', '--out', predicted);
    const raw = readFileSync(file(name), 'utf8').split('\n');
    const [header, ...lines] = readFileSync(predicted, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    const own = lines.filter((cells) =>
      raw[Number(cells[header!.indexOf('line')]) - 1]!.endsWith(`,${cells[header!.indexOf('predicted_class')]}`),
    ).length;
    const evaluated = JSON.parse(await run('model', 'evaluate', out, file(name), '--part', 'test', '--json')) as {
      readonly figures: { readonly accuracy: { readonly value: number } };
    };
    const stated = result.hospitals.find(({ id }) => id === name)!.globalMetrics!['accuracy'];
    expect([own / lines.length, evaluated.figures.accuracy.value], name).toEqual([stated, stated]);
    right += own;
    rows += lines.length;
  }
  expect(rows).toBeGreaterThan(80);
  expect(right / rows).toBe(result.final.metrics!['accuracy']);
  expect(right / rows).toBeGreaterThan(0.6);
});
