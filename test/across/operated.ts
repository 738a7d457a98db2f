import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { LocalDeployment, type StudyResult, type StudyStatus } from '@fedward/coordinator';
import type { JsonObject } from '@fedward/core';
import { approveAt } from '../../tools/testing/approve-at.js';
import { commandFile, simulate } from '../support/command.js';

/** How a deployment of a test is to be. */
export interface OperatedOptions {
  readonly hospitals?: number;
  /** Default: a new one, which goes in the end. */
  readonly folder?: string;
  readonly host?: string;
  /** What is put before the command of a daemon: `coordinator`, or a hospital's id. */
  readonly before?: (party: string) => readonly string[];
  /** Of `site.yaml`, by hospital. */
  readonly settings?: (id: string) => JsonObject;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A hub, a coordinator and hospitals of the tutorial, operated by the commands that people have. */
export interface Operated {
  readonly local: LocalDeployment;
  readonly folder: string;
  readonly members: readonly string[];
  /** Proposes a study, has its members approve it, starts it. @param plan a file */
  begin(id: string, plan: string, members?: readonly string[], ...flags: readonly string[]): Promise<void>;
  status(id: string): Promise<StudyStatus>;
  /** Waits until a study stands so, and gives it. @throws with where it stood */
  until(id: string, found: (status: StudyStatus) => boolean, seconds?: number): Promise<StudyStatus>;
  /** Waits until it is done, and gives what it came to. */
  result(id: string, seconds?: number): Promise<StudyResult>;
  /** `fedward study VERB ID`. */
  say(verb: 'start' | 'pause' | 'resume' | 'stop', id: string, ...flags: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

const fedward = [process.execPath, commandFile];

/** Makes it; nothing runs yet. */
export async function operated(options: OperatedOptions = {}): Promise<Operated> {
  const { hospitals = 3, host, before = () => [], settings = () => ({}), environment } = options;
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'fedward-operated-'));
  const members = Array.from({ length: hospitals }, (_, n) => `hospital-${n}`);
  const local = await LocalDeployment.make({
    ...{ folder, federation: 'operated', noise: 'seeded', command: fedward },
    ...(host !== undefined && { host }),
    ...(environment && { environment }),
    coordinatorCommand: [...before('coordinator'), ...fedward],
    sites: members.map((id) => ({
      ...{ id, data: { scenario: 'tutorial', hospital: id, hospitals }, command: [...before(id), ...fedward] },
      settings: { 'ledger.budget': 1e6, ...settings(id) },
    })),
  });
  const at = ['--folder', local.coordinatorFolder];
  const status = async (id: string) => (await local.studyStatus(id)) as unknown as StudyStatus;
  const until: Operated['until'] = async (id, found, seconds = 500) => {
    let last: StudyStatus | undefined;
    for (const end = performance.now() + seconds * 1000; performance.now() < end; await pause(200)) {
      last = await status(id).catch(() => last);
      if (last && found(last)) return last;
    }
    const words = local.daemons.map((daemon) => `--- ${daemon.name}\n${daemon.lastWords(40).join('\n')}`).join('\n');
    throw new Error(`study ${id} is ${last?.state}: ${last?.why}\n${words}`);
  };
  return {
    ...{ local, folder, members, status, until },
    async begin(id, plan, its = members, ...flags) {
      await local.ask('study', 'propose', '--plan', plan, '--id', id, '--members', its.join(','), ...at);
      await Promise.all(its.map((member) => approveAt(local, member, id)));
      await local.ask('study', 'start', id, ...flags, ...at);
    },
    async result(id, seconds) {
      const { state, why } = await until(
        id,
        (now) => ['done', 'failed', 'stopped', 'paused'].includes(now.state),
        seconds,
      );
      if (state !== 'done') throw new Error(`study ${id} is ${state}: ${why}`);
      return JSON.parse(
        readFileSync(join(local.coordinatorFolder, 'studies', id, 'result.json'), 'utf8'),
      ) as StudyResult;
    },
    say: async (verb, id, ...flags) => void (await local.ask('study', verb, id, ...flags, ...at)),
    async close() {
      await local.close();
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Rounds that a study has told of. */
export function roundsOf({ events }: StudyStatus): number {
  return new Set(events.filter(({ kind }) => kind === 'round').map(({ details }) => details['round'])).size;
}

/** A plan of the tutorial, and the digest that a simulation of it comes to. */
export interface Planned {
  readonly file: string;
  readonly sha256: string;
}

/** @param config over the options, as `--config` takes it */
export async function planned(
  folder: string,
  name: string,
  flags: readonly string[],
  config: JsonObject = {},
): Promise<Planned> {
  const out = join(folder, `plan-${name}`);
  const path = join(folder, `config-${name}.json`);
  writeFileSync(path, JSON.stringify(config));
  const { model } = await simulate('--scenario', 'tutorial', ...flags, '--config', path, '--out', out);
  return { file: join(out, 'plan.json'), sha256: model.sha256 };
}
