import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { csvFolder, csvSchema } from '../testing/csv-study.js';
import { readPlan } from './run-folder.js';
import { assertSameInputs } from './run-inputs.js';
import { resumeSimulation, simulate } from './simulate.js';

/** A study that was stopped after its first round. */
async function stoppedStudy() {
  const data = csvFolder({ north: 24, south: 20 });
  const out = join(mkdtempSync(join(tmpdir(), 'fedward-inputs-')), 'run');
  onTestFinished(() => rmSync(data, { recursive: true }));
  const stop = new AbortController();
  const options = { scenario: 'csv', dataDir: data, rounds: 3, local: false, workers: 1 };
  const stopped = simulate(options, out, { signal: stop.signal, onRound: () => stop.abort() });
  await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
  return { data, out };
}

const changes: [what: string, message: RegExp, change: (data: string) => void][] = [
  [
    'labels that were inverted',
    /the data of hospital north were changed/,
    (data) => {
      const path = join(data, 'north.csv');
      const text = readFileSync(path, 'utf8').replace(/[01]$/gm, (label) => String(1 - Number(label)));
      writeFileSync(path, text);
    },
  ],
  [
    'a patient less',
    /the data of hospital south were changed/,
    (data) => {
      const path = join(data, 'south.csv');
      writeFileSync(path, readFileSync(path, 'utf8').replace(/\n[^\n]+\n$/, '\n'));
    },
  ],
  [
    'the same rows in another order, which train another model',
    /the file of hospital north was written anew/,
    (data) => {
      const path = join(data, 'north.csv');
      const [names, ...rows] = readFileSync(path, 'utf8').trim().split('\n');
      writeFileSync(path, `${[names, ...rows.reverse()].join('\n')}\n`);
    },
  ],
  ['a hospital more', /hospital west was added/, (data) => cpSync(join(data, 'south.csv'), join(data, 'west.csv'))],
  ['a hospital less', /hospital south is missing/, (data) => rmSync(join(data, 'south.csv'))],
  [
    'a hospital under another name',
    /hospital south is missing; hospital west was added/,
    (data) => {
      cpSync(join(data, 'south.csv'), join(data, 'west.csv'));
      rmSync(join(data, 'south.csv'));
    },
  ],
  [
    "the schema's columns in another order",
    /schema was changed/,
    (data) => {
      const reversed = { ...csvSchema, columns: [...csvSchema.columns].reverse() };
      writeFileSync(join(data, 'schema.json'), JSON.stringify(reversed));
    },
  ],
];

describe('law 12: Everything that a result depends on is in what was approved. A run that is gone on with', () => {
  it.each(changes)('is refused, by name, for %s', async (_, message, change) => {
    const { data, out } = await stoppedStudy();
    change(data);
    await expect(resumeSimulation(out)).rejects.toMatchObject({
      code: 'CONFIG_INCOMPATIBLE',
      message: expect.stringMatching(message),
    });
  });

  it('ends where nothing was changed', async () => {
    const { data, out } = await stoppedStudy();
    expect((await readPlan(out)).planned.simulation.dataDir).toBe(data);
    expect(await resumeSimulation(out)).toMatchObject({ rounds: [{ round: 0 }, { round: 1 }, { round: 2 }] });
  });
});

describe('assertSameInputs', () => {
  const inputs = {
    nonce: '0'.repeat(64),
    software: {
      fedward: '0.1.0',
      node: 'v20.19.0',
      plugins: [{ name: '@team/plugins', version: '1.0.0', digest: `sha256:${'3'.repeat(64)}` }],
    },
    population: {
      schema: null,
      split: { by: 'class', testFraction: 0.3 },
      preprocessing: { scale: 'public' },
      hospitals: [{ id: 'north', data: `sha256:${'1'.repeat(64)}` }],
    },
  };
  const by = (fedward: string) => ({ ...inputs, software: { ...inputs.software, fedward, node: 'v24.1.0' } });
  const plugged = (...plugins: object[]) => ({
    ...inputs,
    software: { ...inputs.software, plugins: plugins.map((one) => ({ ...inputs.software.plugins[0]!, ...one })) },
  });
  const of = (population: object) => ({ ...inputs, population: { ...inputs.population, ...population } });

  it('takes another patch, another Node and another nonce for the same', () => {
    expect(() => assertSameInputs(inputs, { ...by('0.1.9'), nonce: '1'.repeat(64) })).not.toThrow();
  });

  it.each([
    ['0.2.0', by('0.2.0')],
    ['1.1.0', by('1.1.0')],
    ['parts records', of({ split: { by: 'class', testFraction: 0.4 } })],
    ['--plugin @team/plugins 1.0.0, which was not given', plugged()],
    ['--plugin @team/plugins 1.0.0, this is 1.0.1', plugged({ version: '1.0.1' })],
    ['the plugins of @team/plugins 1.0.0 were changed', plugged({ digest: `sha256:${'4'.repeat(64)}` })],
    ['begun without --plugin ./more.js', plugged({}, { name: './more.js' })],
    ['prepared in another way', of({ preprocessing: { scale: 'none' } })],
  ])('refuses %s', (named, found) => {
    expect(() => assertSameInputs(inputs, found)).toThrow(named);
  });

  it('says no digest', () => {
    const data = `sha256:${'2'.repeat(64)}`;
    expect(() => assertSameInputs(inputs, of({ hospitals: [{ id: 'north', data }] }))).toThrow(
      expect.objectContaining({ message: expect.not.stringMatching(/[12]{9}/) }),
    );
  });
});
