import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SimulationResult } from '@fedward/sim-healthcare';
import { root } from '../tools/packages/published.ts';
import { commandFile, startInterrupted, temporaryFolder } from './support/command.ts';

/** A folder of a team, with a package of its plugins beside fedward's core. */
function teamFolder(version = '1.2.3'): string {
  const folder = temporaryFolder();
  const own = join(folder, 'node_modules/@team/plugins');
  mkdirSync(join(folder, 'node_modules/@fedward'), { recursive: true });
  mkdirSync(own, { recursive: true });
  symlinkSync(join(root, 'packages/core'), join(folder, 'node_modules/@fedward/core'));
  symlinkSync(join(root, 'node_modules/zod'), join(folder, 'node_modules/zod'));
  const manifest = { name: '@team/plugins', version, type: 'module', exports: { '.': { import: './plugins.js' } } };
  writeFileSync(join(own, 'package.json'), JSON.stringify(manifest));
  cpSync(join(root, 'test/support/team-plugins.js'), join(own, 'plugins.js'));
  return folder;
}

function fedwardIn(cwd: string, ...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [commandFile, ...args], { cwd });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

const simulate = ['simulate', '--scenario', 'tutorial', '--rounds', '3', '--no-local', '--json'];
const team = ['--plugin', '@team/plugins'];
const ours = [...team, '--aggregator', 'trimmed', '--set', 'aggregator.options.trim=1', '--privacy', 'muted'];

/** A run of the team's aggregator, mechanism and trainer. */
async function run(folder: string, ...more: string[]): Promise<SimulationResult> {
  const { code, stdout, stderr } = await fedwardIn(folder, ...simulate, ...ours, ...more);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as SimulationResult;
}

describe("a team's own aggregator, mechanism and trainer, from a package installed beside fedward", () => {
  it('are in the plan and the result, and do what they do', async () => {
    const folder = teamFolder();
    const result = await run(folder, '--out', 'runs/a', '--trainer', 'lazy', '--workers', '2');
    expect(result).toMatchObject({ aggregator: 'trimmed', trainer: 'lazy, of a team', timing: { workers: 2 } });
    expect(result.rounds).toHaveLength(3);
    expect(result.privacy).toMatchObject({ mechanism: 'muted', unit: 'hospital', accountant: 'rdp' });
    const { plan, inputs } = JSON.parse(readFileSync(join(folder, 'runs/a/plan.json'), 'utf8')) as {
      plan: object;
      inputs: { software: { plugins: unknown } };
    };
    expect(plan).toMatchObject({
      aggregator: { name: 'trimmed', options: { trim: 1 } },
      privacy: { mechanisms: [{ name: 'muted', options: { norm: 0.5, noise: 1 } }] },
    });
    const digest = expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string;
    expect(inputs.software.plugins).toEqual([{ name: '@team/plugins', version: '1.2.3', digest }]);
  });

  it('go on with a run that was stopped, and no others do', async () => {
    const folder = teamFolder();
    const whole = await run(folder, '--out', 'runs/whole');
    const stopped = await startInterrupted([...simulate, ...ours, '--out', 'runs/b'], {
      after: 'round 2/3',
      cwd: folder,
    });
    expect(stopped.signal, stopped.stderr).toBe('SIGKILL');
    const resume = ['simulate', '--resume', '--out', 'runs/b', '--json'];

    const without = await fedwardIn(folder, ...resume);
    expect(without).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--plugin @team/plugins 1.2.3, which was not given'),
    });
    const file = join(folder, 'node_modules/@team/plugins/plugins.js');
    const source = readFileSync(file, 'utf8');
    writeFileSync(file, `${source}\n// changed\n`);
    const changed = await fedwardIn(folder, ...resume, ...team);
    expect(changed).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('the plugins of @team/plugins 1.2.3 were changed'),
    });

    writeFileSync(file, source);
    const beside = join(folder, 'node_modules/@team/plugins/beside.js');
    writeFileSync(beside, '// a file that the first one may import\n');
    expect(await fedwardIn(folder, ...resume, ...team)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('the plugins of @team/plugins 1.2.3 were changed'),
    });

    rmSync(beside);
    const resumed = await fedwardIn(folder, ...resume, ...team);
    expect(resumed.code, resumed.stderr).toBe(0);
    const result = JSON.parse(resumed.stdout) as SimulationResult;
    expect(result.aggregator).toBe('trimmed');
    expect(result.model.sha256).toBe(whole.model.sha256);
  });

  it('are refused by name where they are not there, or their options are wrong', async () => {
    const folder = teamFolder();
    const refusals: [RegExp, ...string[]][] = [
      [/--plugin @team\/plugin: it is not installed/, ...simulate, '--plugin', '@team/plugin'],
      [/no aggregator named trimed.*did you mean trimmed/, ...simulate, ...team, '--aggregator', 'trimed'],
      [
        /no option trm.*did you mean trim/,
        ...simulate,
        ...team,
        '--aggregator',
        'trimmed',
        '--set',
        'aggregator.options.trm=1',
      ],
      [/trim/, ...simulate, ...team, '--aggregator', 'trimmed', '--set', 'aggregator.options.trim=many'],
      [/there is no file/, ...simulate, '--plugin', './nowhere.js'],
    ];
    for (const [why, ...args] of refusals)
      expect(await fedwardIn(folder, ...args)).toMatchObject({ code: 2, stderr: expect.stringMatching(why) });
  });
});
