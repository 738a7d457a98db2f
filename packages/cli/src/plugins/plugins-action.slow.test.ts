import { join } from 'node:path';
import { catalogue } from '@fedward/sim-healthcare/catalogue';
import { describe, expect, it } from 'vitest';
import { folderOf, run } from '../testing/run.js';
import { listedPlugins, type ListedPlugin } from './listed-plugins.js';

const json = async (...args: string[]): Promise<unknown> =>
  JSON.parse((await run('plugins', ...args, '--json')).stdout);
const all = await listedPlugins([]);

/** The file of a team's own: in a temporary folder it finds no package by name. */
const aggregator = (name: string) => `
import { definePlugin } from '${import.meta.resolve('@fedward/core')}';
import * as z from '${import.meta.resolve('zod')}';
export const plugins = [
  definePlugin({
    kind: 'aggregator',
    name: '${name}',
    summary: 'a mean without extremes',
    options: z.strictObject({ trim: z.number().default(0.5).describe('share') }),
    flags: { trim: 'trim' },
    create: () => undefined,
  }),
];`;

describe('fedward plugins', () => {
  it('lists what is installed, with kind, package and what it is', async () => {
    const { code, stdout, stderr } = await run('plugins');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const { package: from, plugins } of catalogue)
      for (const { kind, name, summary } of plugins) {
        const row = stdout.split('\n').find((line) => line.includes(` ${kind} `) && line.includes(` ${name} `));
        expect(row).toContain(` ${from} `);
        expect(row).toContain(` ${summary} `);
      }
    expect(await json()).toEqual({ plugins: all });
    expect(await json('accountant')).toEqual({ plugins: all.filter(({ kind }) => kind === 'accountant') });
  });

  it('shows the options of one, with type, default and what sets it', async () => {
    const { code, stdout } = await run('plugins', 'mechanism', 'central');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^mechanism central \(@fedward\/privacy-dp\): noise by a trusted server/);
    expect(stdout).toContain('\nChosen by --privacy central.\n');
    expect(stdout).toContain(
      '\n  adaptive.quantile (number, default 0.5): share of the updates that should not be clipped\n' +
        '    --set privacy.mechanisms.0.options.adaptive.quantile=<number>, or --clip-quantile <number>\n',
    );
    expect(stdout).toContain('\n  expectedClients (number, required): divisor of the sum');
    expect(await json('mechanism', 'central')).toEqual(all.find(({ name }) => name === 'central'));
    expect((await run('plugins', 'accountant', 'pld')).stdout).toMatch(/\nIt has no options\.\n$/);
    const { stdout: told } = await run('plugins', 'trainer', 'onnx');
    expect(told).toContain("\n    --backend <string>, or trainers.onnx.backend in a hospital's site.yaml\n");
    expect(told).toContain("\n    trainers.onnx.threads in a hospital's site.yaml\n");
    const [option] = all.find(({ kind, name }) => kind === 'trainer' && name === 'tfjs')!.options;
    expect(option).toMatchObject({ key: null, siteKey: `trainers.tfjs.${option!.path}`, flags: [] });
  });

  /** Of a type that the word `nonsense` is none of, with a flag for each other option that the plugin can't do without. */
  const settable = all.flatMap(({ chosenBy, options }) =>
    options.flatMap(({ key }) => {
      if (chosenBy === null || key === null) return [];
      const others = options.filter((other) => other.required && other.key !== key);
      return [
        [
          chosenBy,
          key,
          others.flatMap((other) => (other.flags[0] ? [other.flags[0], '1'] : ['--set', `${other.key}=1`])),
        ] as const,
      ];
    }),
  );
  it.each(settable)('names keys that a run takes: %s --set %s', async (chosenBy, key, others) => {
    const privacy = chosenBy.startsWith('--privacy') ? [] : ['--privacy', 'none'];
    const chosen = ['--scenario', 'tutorial', ...privacy, ...chosenBy.split(' '), ...others];
    const { code, stderr } = await run('simulate', ...chosen, '--set', `${key}=nonsense`);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(
        new RegExp(`CONFIG_INVALID: .*${key}: .*expected (a number|number|array|boolean|object|record|one of)`),
      ) as string,
    });
  });

  it("lists a team's own, and refuses what a run would refuse", async () => {
    const folder = await folderOf({ 'ours.mjs': aggregator('trimmed'), 'taken.mjs': aggregator('fedavg') });
    const ours = join(folder, 'ours.mjs');
    const { plugins } = (await json('aggregator', '--plugin', ours)) as { plugins: ListedPlugin[] };
    expect(plugins.at(-1)).toEqual({
      ...{ kind: 'aggregator', name: 'trimmed', package: ours, summary: 'a mean without extremes' },
      chosenBy: '--aggregator trimmed',
      options: [
        {
          ...{ path: 'trim', type: 'number', description: 'share', default: 0.5, required: false },
          ...{ key: 'aggregator.options.trim', siteKey: null, flags: [] },
        },
      ],
    });
    expect(await run('plugins', '--plugin', join(folder, 'taken.mjs'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        'CONFIG_INVALID: --plugin: the name fedavg of this aggregator is taken',
      ) as string,
    });
    expect(await run('plugins', '--plugin', join(folder, 'none.mjs'))).toMatchObject({ code: 2 });
  });

  it.each([
    [['agregator'], 'CONFIG_INVALID', 'did you mean aggregator?'],
    [['aggregator', 'fedprx'], 'PLUGIN_UNKNOWN', 'did you mean fedprox?'],
    [['aggregator', 'pld'], 'PLUGIN_UNKNOWN', 'there is no aggregator named pld; installed: fedavg, fedprox'],
  ])('refuses %j by name', async (args, code, words) => {
    const { code: exitCode, stdout, stderr } = await run('plugins', ...args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(`fedward: ${code}: `);
    expect(stderr).toContain(words);
  });
});
