import { readAuditLog } from '@fedward/audit';
import { definePlugin, planHash, type LocalTrainer } from '@fedward/core';
import type { TeamPlugins } from '@fedward/sim-healthcare';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { limitedTrainers } from '../daemon/index.js';
import type { KnownOfSite } from '../config/index.js';
import { coordinatorKey, headOf, hospitalFolder, opened, studyOf, temporary } from '../testing/hospitals.js';
import { tableIn, tablePlan, taskOf } from '../testing/table.js';
import { execArgv } from '../training/testing/processes.js';
import type { SiteEvent } from './index.js';
import { ownTrainers } from './own-trainers.js';

const never = new AbortController().signal;
const { training } = tablePlan();
const plan = tablePlan({ training: { ...training, trainer: 'onnx' } });
const study = studyOf(plan, ['north']);
/** No machine has both. */
const missing = process.platform === 'darwin' ? 'directml' : 'coreml';
const describedAs = /^onnx \(cpu, ONNX Runtime \d\S+, threads: 2\)$/;

/** A hospital whose trainers are in processes of their own, as those of a daemon are. */
async function north(trainers: KnownOfSite['trainers'], node: readonly string[] = []) {
  const at = temporary();
  const coordinator = await coordinatorKey(at);
  const data = tableIn(at);
  const known = { data, noise: 'secret', ledger: { budget: 50 }, ...(trainers && { trainers }) } as const;
  const folder = await hospitalFolder(at, 'north', coordinator, known);
  const events: SiteEvent[] = [];
  const log = { warn: () => undefined };
  const trainerOf = limitedTrainers({ limits: { memoryMiB: 1024, diskMiB: 1, downloadMiB: 1 } }, log, [...execArgv, ...node]); // prettier-ignore
  const open = () => opened(folder, { trainerOf, onEvent: (event) => events.push(event) });
  return { folder, events, open, head: await headOf(at, coordinator) };
}

describe('what site.yaml says of trainers', () => {
  it('reaches the process that trains; site, coordinator and log are told what trained', async () => {
    const { folder, events, open, head } = await north({ onnx: { threads: 2 } });
    const { door, trainers } = await open();
    const runsOn = expect.stringMatching(describedAs) as string;
    expect(trainers).toEqual([{ name: 'onnx', runsOn }]);
    expect(events).toContainEqual({ event: 'trainer', name: 'onnx', runsOn });
    await door.study({ kind: 'proposed', study });
    await door.approve('study-1', { by: 'anna', words: '' });
    expect((await door.standings())[0]!.runsOn).toBeNull();
    const about = { runId: 'study-1', planHash: planHash(plan), bytes: 100 };
    await door.admit({ ...about, kind: 'describe' });
    const client = await door.clientOf(planHash(plan));
    expect((await client.describe(never)).work).toMatchObject({ trainer: 'onnx', runsOn });
    await door.admit({ ...about, kind: 'answer', round: 0 });
    await client.answer(taskOf(plan, 0, { head }), never);
    expect((await door.standings())[0]!.runsOn).toMatch(describedAs);
    const logged = [];
    for await (const { event } of readAuditLog(join(folder, 'audit')))
      if (['policy', 'training'].includes(event.type)) logged.push(event.details);
    expect(logged).toMatchObject([{ trainers: { onnx: runsOn } }, { runsOn }]);
  });

  it('changes nothing of other trainers, nor of one that it does not name', async () => {
    const { open, head } = await north({ wasm: {} });
    const { door, trainers } = await open();
    expect(trainers.map(({ name }) => name)).toEqual(['wasm']);
    await door.study({ kind: 'proposed', study });
    await door.approve('study-1', { by: 'anna', words: '' });
    await (await door.clientOf(planHash(plan))).answer(taskOf(plan, 0, { head }), never);
    expect((await door.standings())[0]!.runsOn).toMatch(/^onnx \(cpu, .* threads: 1\)$/);
  });

  it.each<[KnownOfSite['trainers'], string, string, RegExp]>([
    [{ onnx: { backend: 'gpu' } }, 'CONFIG_INVALID', 'trainers.onnx.backend', /trainers\.onnx\.backend/],
    [{ onnx: { speed: 2 } }, 'CONFIG_INVALID', 'trainers.onnx.speed', /speed/],
    [{ wasm: { backend: 'webgpu' } }, 'CONFIG_INVALID', 'trainers.wasm.backend', /backend/],
    [
      { onxx: {} },
      'PLUGIN_UNKNOWN',
      'trainers.onxx',
      /trainers\.onxx: there is no trainer named onxx; installed: .*onnx/,
    ],
    [{ onnx: { backend: missing } }, 'CONFIG_INCOMPATIBLE', 'trainers.onnx', /trainers\.onnx: ONNX Runtime has no \w+ on \S+; it has cpu/], // prettier-ignore
  ])('%j is refused at start by its key, and nothing is opened', async (trainers, code, subject, message) => {
    const { folder, open } = await north(trainers);
    await expect(open()).rejects.toMatchObject({ code, subject, message: expect.stringMatching(message) as string });
    expect(existsSync(join(folder, 'audit'))).toBe(false);
  });

  it('says what to install where the runtime is not there', async () => {
    const hide = join(temporary(), 'hide.mjs');
    const hook = `export async function resolve(name, context, next) {
      if (name === 'onnxruntime-node') throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
      return next(name, context);
    }`;
    const url = `data:text/javascript,${encodeURIComponent(hook)}`;
    writeFileSync(hide, `import { register } from 'node:module';\nregister(${JSON.stringify(url)});\n`);
    const { open } = await north({ onnx: {} }, ['--import', hide]);
    await expect(open()).rejects.toMatchObject({
      ...{ code: 'CONFIG_INCOMPATIBLE', subject: 'trainers.onnx' },
      message: expect.stringContaining('npm install onnxruntime-node@1.30') as string,
    });
  });

  it("is looked at of a team's own trainers too, and whoever was asked is let go", async () => {
    let available = true;
    let answer: () => Promise<string> = async () => 'own (fpga)';
    const close = vi.fn(async () => undefined);
    const make = () => ({ name: 'own', describe: () => answer(), close }) as unknown as LocalTrainer;
    const options = z.strictObject({ board: z.int() });
    const own = definePlugin({ kind: 'trainer', name: 'own', summary: 'needs a board', options, create: make, available: () => available }); // prettier-ignore
    const team: TeamPlugins[] = [{ name: 'team', version: '1', digest: 'sha256:1', plugins: [own] }];
    const asked = (board: unknown) =>
      ownTrainers({ trainers: { own: { board } as never } }, team, async (name, installed) =>
        installed.get('trainer', name).create(installed.trainerOptions),
      );
    expect(await asked(3)).toEqual([{ name: 'own', runsOn: 'own (fpga)' }]);
    await expect(asked('x')).rejects.toMatchObject({ code: 'CONFIG_INVALID', subject: 'trainers.own.board' });
    available = false;
    await expect(asked(3)).rejects.toThrow('trainers.own: what it needs is not installed: needs a board');
    answer = async () => Promise.reject(new Error('board 3 is on fire'));
    await expect(asked(3)).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE', message: 'trainers.own: board 3 is on fire' }); // prettier-ignore
    expect(close).toHaveBeenCalledTimes(3);
  });
});
