import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { fedward, start, temporaryFolder } from './support/command.ts';

const data = process.env['FEDWARD_DATA'];

/** Runs a simulation that must be refused: exit code 2, this code, this word in the message, nothing written. */
async function refused(code: string, subject: string | RegExp, ...args: string[]): Promise<void> {
  const out = join(temporaryFolder(), 'run');
  const { code: exit, stdout, stderr } = await fedward('simulate', ...args, '--out', out, '--json');
  expect(exit, stderr).toBe(2);
  const { error } = JSON.parse(stdout) as { error: { code: string; message: string } };
  expect(error.code).toBe(code);
  expect(error.message).toMatch(subject);
  expect(stderr).toMatch(subject);
  expect(existsSync(out), 'something was written').toBe(false);
}

function fileWith(name: string, text: string): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, text);
  return path;
}

describe('the plan', () => {
  const tutorial = ['--scenario', 'tutorial'];

  it('unknown key', () =>
    refused('CONFIG_INVALID', 'learningrate', ...tutorial, '--config', fileWith('p.yaml', 'learningrate: 1\n')));
  it('unknown key deep inside', () =>
    refused(
      'CONFIG_INVALID',
      /training\.optimizer\.rate/,
      ...tutorial,
      ...['--config', fileWith('p.yaml', 'training: { optimizer: { name: sgd, learningRate: 1, rate: 2 } }')],
    ));
  it('not YAML', () => refused('FILE_INVALID', 'p.yaml', ...tutorial, '--config', fileWith('p.yaml', 'rounds: [1\n')));
  it('missing config file', () => refused('FILE_NOT_FOUND', 'nowhere.yaml', ...tutorial, '--config', 'nowhere.yaml'));
  it('not a text', () =>
    refused('FILE_INVALID', /p\.yaml is not a text file/, ...tutorial, '--config', fileWith('p.yaml', '\0\x1b[31m')));
  it('negative clip norm', () =>
    refused('CONFIG_INVALID', /^.*--clip-norm: .*clipNorm/, ...tutorial, '--clip-norm', '-1'));
  it('negative clip norm in a config', () =>
    refused(
      'CONFIG_INVALID',
      /privacy\.mechanisms\.0\.options\.clipNorm/,
      ...tutorial,
      '--config',
      fileWith(
        'p.yaml',
        'privacy: { accountant: rdp, delta: 1.0e-5, mechanisms: [{ name: dp-sgd, options: { clipNorm: -1, noiseMultiplier: 1 } }] }',
      ),
    ));
  it('epsilon without delta', () => refused('CONFIG_INVALID', '--delta', ...tutorial, '--epsilon', '1'));
  it('epsilon without privacy', () =>
    refused('CONFIG_INVALID', '--epsilon', ...tutorial, '--privacy', 'none', '--epsilon', '1', '--delta', '1e-5'));
  it('unknown aggregator', () => refused('PLUGIN_UNKNOWN', 'fedmagic', ...tutorial, '--aggregator', 'fedmagic'));
  it('unknown scenario', () => refused('CONFIG_INVALID', '--scenario', '--scenario', 'atlantis'));
  it('more hospitals than there can be', () =>
    refused('CONFIG_INVALID', /--hospitals: tutorial has from 1 to 1000/, ...tutorial, '--hospitals', '1001'));
  it('quorum above the number of hospitals', () => refused('CONFIG_INVALID', 'quorum', ...tutorial, '--quorum', '6'));
  it('a batch sampler that the accountant does not cover', () =>
    refused(
      'CONFIG_INCOMPATIBLE',
      /poisson/i,
      ...tutorial,
      '--privacy',
      'dp-sgd',
      '--config',
      fileWith('p.yaml', 'training: { batches: { kind: shuffle, size: 32, epochs: 3 } }'),
    ));
  it('an epsilon that no noise reaches', () =>
    refused('CALIBRATION_IMPOSSIBLE', 'epsilon', ...tutorial, '--epsilon', '1e-9', '--delta', '1e-12'));
  it.each([
    ['--rounds', 'many'],
    ['--clip-norm', 'much'],
    ['--sampling-probability', '0'],
    ['--deadline', '1e9'],
    ['--workers', '0'],
    ['--workers', '257'],
    ['--hospitals', '0'],
    ['--hospitals', '9007199254740991'],
    ['--rounds', '100000000'],
    ['--rounds', '9007199254740991'],
    ['--steps', '9007199254740991'],
    ['--local-epochs', '9007199254740991'],
  ])('wrong use: %s %s', (option, value) =>
    refused('USAGE', new RegExp(`^(fedward: |error: )?option '${option} .*${value}`), ...tutorial, option, value),
  );
});

describe('an option that would change nothing', () => {
  const tutorial = ['--scenario', 'tutorial'];
  const supported = (name: string): string => fileURLToPath(new URL(`support/${name}`, import.meta.url));

  it.each([
    ['--proximal-mu', [...tutorial, '--proximal-mu', '0.1']],
    [
      '--proximal-mu',
      [...tutorial, '--proximal-mu', '0.1', '--config', supported('fedprox.yaml'), '--aggregator', 'fedavg'],
    ],
    ['--noise-multiplier', [...tutorial, '--privacy', 'tutorial-041', '--noise-multiplier', '2']],
    ['--secure-noise', [...tutorial, '--privacy', 'none', '--secure-noise']],
    ['--hospitals', ['--scenario', 'heart-disease', '--hospitals', '3', '--data', 'anywhere']],
    ['--epsilon', [...tutorial, '--epsilon', '1', '--delta', '1e-5', '--config', supported('no-privacy.yaml')]],
  ])('%s', (option, args) => refused('CONFIG_INVALID', new RegExp(`${option}: `), ...args));

  it.each([['--scenario', 'tutorial'], ['--data', 'x'], ['--no-local'], ['--seed', '1']])(
    'on --resume: %s',
    (...option) => refused('CONFIG_INVALID', new RegExp(`${option[0]}: `), '--resume', ...option),
  );

  it('is fedprox with its weight missing, which is what the message names', () =>
    refused('CONFIG_INVALID', /--proximal-mu: /, ...tutorial, '--aggregator', 'fedprox'));

  it('is not the --data of the environment on --resume', async () => {
    const out = join(temporaryFolder(), 'run');
    const { stderr } = await start(['simulate', '--resume', '--out', out], undefined, 'export FEDWARD_DATA=/nowhere');
    expect(stderr).toMatch(/FILE_NOT_FOUND.*holds no run/);
  });
});

describe('--out', () => {
  const run = ['simulate', '--scenario', 'tutorial', '--rounds', '1', '--no-local', '--json'];

  it.skipIf(process.platform !== 'linux')('where nothing can be made', async () => {
    const { code, stderr } = await fedward(...run, '--out', '/proc/self/nothing/run');
    expect(code).toBe(1);
    expect(stderr).toContain('STORAGE_FAILED');
  });

  it('for two new runs at once goes to one of them', async () => {
    const out = join(temporaryFolder(), 'run');
    const both = await Promise.all([fedward(...run, '--out', out), fedward(...run, '--out', out)]);
    expect(both.map(({ code }) => code).sort()).toEqual([0, 2]);
    const { error } = JSON.parse(both.find(({ code }) => code === 2)!.stdout) as {
      error: { code: string; message: string };
    };
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringMatching(/--out: /) });
    expect((await fedward('audit', 'verify', out)).code).toBe(0);
  });
});

it('audit verify --root: what is no digest is refused by the name of the option', async () => {
  const { code, stdout, stderr } = await fedward('audit', 'verify', temporaryFolder(), '--root', 'abc', '--json');
  expect(code).toBe(2);
  const { error } = JSON.parse(stdout) as { error: { code: string; message: string } };
  expect(error).toMatchObject({ code: 'USAGE', message: expect.stringMatching(/^option '--root .*64 hexadecimal/) });
  expect(stderr).toContain('--root');
});

describe('data', () => {
  it('no folder was named', () => refused('FILE_NOT_FOUND', '--data', '--scenario', 'csv', '--data', ''));
  it('heart disease is not in the folder', () =>
    refused('FILE_NOT_FOUND', 'heart-disease', '--scenario', 'heart-disease', '--data', temporaryFolder()));

  it.skipIf(!data)('a wrong digest (needs FEDWARD_DATA)', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'heart-disease', 'processed.va.data');
    mkdirSync(join(folder, 'heart-disease'));
    cpSync(join(data ?? '', 'heart-disease'), join(folder, 'heart-disease'), { recursive: true, mode: 0 });
    const text = readFileSync(file, 'utf8');
    mkdirSync(join(folder, 'copy'));
    writeFileSync(join(folder, 'copy', 'processed.va.data'), text.replace('63', '64'));
    cpSync(join(folder, 'copy', 'processed.va.data'), file, { force: true });
    await refused('DIGEST_MISMATCH', 'processed.va.data', '--scenario', 'heart-disease', '--data', folder);
  });
});

describe('CSV files', () => {
  const schema = {
    columns: [
      { name: 'age', kind: 'numeric' },
      { name: 'sex', kind: 'categorical', levels: ['f', 'm'] },
    ],
    label: {
      name: 'ill',
      kind: 'class',
      classes: [
        { name: 'no', values: [0] },
        { name: 'yes', values: [1] },
      ],
    },
  };
  const good =
    'age,sex,ill\n' + Array.from({ length: 30 }, (_, i) => `${40 + i},${i % 3 ? 'f' : 'm'},${i % 2}\n`).join('');
  const withHospital = (text: string): string => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'schema.json'), JSON.stringify(schema));
    writeFileSync(join(folder, 'north.csv'), good);
    writeFileSync(join(folder, 'south.csv'), text);
    return folder;
  };
  const csv = (text: string): string[] => ['--scenario', 'csv', '--rounds', '1', '--data', withHospital(text)];

  it('good ones are trained on', async () => {
    const out = join(temporaryFolder(), 'run');
    const { code, stderr } = await fedward('simulate', ...csv(good), '--out', out);
    expect(code, stderr).toBe(0);
  });
  it('a ragged row', () => refused('DATA_MALFORMED', /south\.csv.*line 3/, ...csv('age,sex,ill\n1,f,0\n1,f\n')));
  it('text in a numeric column', () =>
    refused('DATA_MALFORMED', /south\.csv.*line 2.*age/, ...csv('age,sex,ill\nold,f,0\n')));
  it('a label outside the classes', () =>
    refused('LABEL_INVALID', /south\.csv.*line 2.*ill/, ...csv('age,sex,ill\n50,f,2\n')));
  it('a hospital with zero records', () => refused('DATA_EMPTY', 'south', ...csv('age,sex,ill\n')));
  it('a NaN feature', () => refused('DATA_NOT_FINITE', /south\.csv.*line 2.*age/, ...csv('age,sex,ill\nNaN,f,0\n')));
});
