import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { folderToResume, optionsOf } from './simulate-options.js';

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fedward-config-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, name), content);
  return join(folder, name);
}

describe('optionsOf', () => {
  it('gives a simulation what it knows by other names', async () => {
    expect(
      await optionsOf({ scenario: 'tutorial', data: 'sets', deadline: 5, rounds: 2, out: 'x', json: true }),
    ).toEqual({
      scenario: 'tutorial',
      dataDir: 'sets',
      deadlineSeconds: 5,
      rounds: 2,
    });
  });

  it('keeps where hospitals train out of what they do, and lets a resumed run be told', async () => {
    expect(await optionsOf({ scenario: 'tutorial', nats: 'nats://127.0.0.1:1', natsInsecure: true })).toEqual({
      scenario: 'tutorial',
    });
    expect(folderToResume({ scenario: 'tutorial', out: 'x' }, ['--out', '--resume', '--nats', '--nats-key'])).toBe('x');
  });

  it('reads how slow hospitals are', async () => {
    const { slow } = await optionsOf({ scenario: 'tutorial', slow: ['hospital-4=20', 'hospital-1=1.5'] });
    expect(slow).toEqual({ 'hospital-4': 20, 'hospital-1': 1.5 });
    for (const wrong of [['hospital-4'], ['=3'], ['a=0'], ['a=x'], ['a=2', 'a=3']])
      await expect(optionsOf({ scenario: 'tutorial', slow: wrong })).rejects.toMatchObject({ subject: '--slow' });
  });

  it('asks for a scenario', async () => {
    await expect(optionsOf({} as never)).rejects.toMatchObject({ code: 'CONFIG_INVALID', subject: '--scenario' });
  });

  it.each([
    ['plan.yaml', 'rounds: 3\ntraining: { trainer: tfjs }\n'],
    ['plan.json', '{"rounds":3,"training":{"trainer":"tfjs"}}'],
  ])('reads the config from %s', async (name, text) => {
    const config = await file(name, text);
    expect(await optionsOf({ scenario: 'tutorial', config })).toMatchObject({
      config: { rounds: 3, training: { trainer: 'tfjs' } },
      configName: config,
    });
  });

  it.each([
    ['not YAML', 'plan.yaml', 'rounds: [1\n', /plan\.yaml/],
    ['not JSON', 'plan.json', 'rounds: 1\n', /plan\.json/],
    ['a program', 'plan.yaml', Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 0, 1]), /not a text file/],
    ['not UTF-8', 'plan.yaml', Uint8Array.from([0x61, 0xff]), /not a text file/],
    ['what would talk to a terminal', 'plan.yaml', 'a: "\u001b[31m', /not a text file/],
  ])('refuses a config that is %s, and repeats no control character of it', async (_what, name, content, why) => {
    const config = await file(name, content);
    const error: Error = await optionsOf({ scenario: 'tutorial', config }).then(
      () => expect.unreachable(),
      (thrown: Error) => thrown,
    );
    expect(error).toMatchObject({ code: 'FILE_INVALID', subject: config });
    expect(error.message).toMatch(why);
    // eslint-disable-next-line no-control-regex
    expect(error.message).not.toMatch(/[\0-\x08\x0e-\x1f\x7f]/);
  });

  const deep = (levels: number): string => `{"a":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}}`;
  const billion = ['a: &a [x, x, x, x, x, x, x, x, x, x]']
    .concat([...'bcdefghi'].map((key, i) => `${key}: &${key} [${Array(10).fill(`*${'abcdefgh'[i]}`).join(', ')}]`))
    .join('\n');

  it.each([
    ['nested deeply', 'plan.json', deep(2000), 'CONFIG_INVALID', /deeper than 100 levels/],
    ['nested deeply, in YAML', 'plan.yaml', deep(150), 'CONFIG_INVALID', /deeper than 100 levels/],
    ['nested too deeply for its parser', 'plan.yaml', deep(20_000), 'FILE_INVALID', /nested too deeply/],
    ['a part of itself', 'plan.yaml', 'a: &a [*a, *a]', 'CONFIG_INVALID', /deeper than 100 levels/],
    ['a billion copies', 'plan.yaml', billion, 'FILE_INVALID', /alias/],
    ['__proto__', 'plan.json', '{"rounds":1,"__proto__":{"rounds":3}}', 'CONFIG_INVALID', /: __proto__: /],
    ['__proto__, in YAML', 'plan.yaml', 'aggregator: {__proto__: {a: 1}}', 'CONFIG_INVALID', /aggregator\.__proto__: /],
    ['constructor', 'plan.yaml', 'a: [{constructor: 1}]', 'CONFIG_INVALID', /a\.0\.constructor: /],
    ['prototype', 'plan.json', '{"prototype":null}', 'CONFIG_INVALID', /: prototype: /],
  ])('refuses a config that is, or holds, %s', async (_what, name, content, code, why) => {
    const config = await file(name, content);
    await expect(optionsOf({ scenario: 'tutorial', config })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(why),
    });
  });

  it('looks at the size of a config before it reads it', async () => {
    const config = await file('plan.yaml', 'rounds: 3');
    await truncate(config, 200 * 2 ** 20); // no block of it is on the disk
    await expect(optionsOf({ scenario: 'tutorial', config })).rejects.toMatchObject({
      code: 'FILE_INVALID',
      message: expect.stringMatching(/larger than 32 MiB/),
    });
  });

  it('says which file it could not read', async () => {
    await expect(optionsOf({ scenario: 'tutorial', config: 'nowhere.yaml' })).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      subject: 'nowhere.yaml',
    });
  });
});

describe('folderToResume', () => {
  const flags = { scenario: '', out: 'runs/x', local: true, data: 'from the environment' };

  it('is --out, with what does not change the run', () => {
    expect(folderToResume(flags, ['--resume', '--out', '--json', '--workers'])).toBe('runs/x');
  });

  it.each(['--scenario', '--data', '--no-local', '--rounds', '--secure-noise'])('refuses %s by its name', (option) => {
    expect(() => folderToResume(flags, ['--out', option, '--resume'])).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', subject: option }),
    );
  });

  it('asks for the folder', () => {
    expect(() => folderToResume({ scenario: '' }, ['--resume'])).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', subject: '--resume' }),
    );
  });
});
