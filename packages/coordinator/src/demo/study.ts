import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { FedwardError, type JsonObject } from '@fedward/core';
import { writeFileAtomic } from '@fedward/kit-files';
import type { LocalDeployment } from '../local/deployment.js';
import { progressOf, type StudyProgress } from './progress.js';
import type { DemoScenario } from './scenario.js';

/** Tells people what happens. */
export type Say = (words: string) => void;

/** The one study. */
export const study = 'demo';

/** A coordinator tries a round for as long as nobody stops it; a demonstration so often. */
const patience = 5;

/** How often the coordinator is asked where the study stands, milliseconds. */
const every = 100;

/** Proposes the study, has each hospital approve it by hand, as its people would, and starts it. */
export async function beginStudy(deployment: LocalDeployment, { plan, sites }: DemoScenario, say: Say): Promise<void> {
  const file = join(deployment.folder, 'plan.json');
  await writeFileAtomic(file, `${JSON.stringify(plan, null, 2)}\n`);
  const at = ['--folder', deployment.coordinatorFolder];
  const members = sites.map(({ id }) => id);
  const words = ['--id', study, '--name', `Demonstration: ${plan.name}`, '--members', members.join(',')];
  await deployment.ask('study', 'propose', '--plan', file, ...words, ...at);
  say(`the study is proposed to ${members.join(', ')}; its plan is ${file}`);
  await Promise.all(members.map((id) => deployment.approve(id, study)));
  say('each hospital has looked at the plan and approved it: nothing runs there before');
  await deployment.ask('study', 'start', study, ...at);
}

/** Of `followStudy`. */
export interface FollowOptions {
  readonly rounds: number;
  /** What is done in mid-study, once. */
  readonly midway: () => Promise<void>;
  readonly say: Say;
}

/**
 * Tells each round until the study is over, and does something on the way.
 * @throws {FedwardError} CLIENT_FAILED for a study that does not come to its end, and for a process that ended unasked
 */
export async function followStudy(deployment: LocalDeployment, { rounds, midway, say }: FollowOptions): Promise<void> {
  const at = Math.floor(rounds / 2);
  let told: StudyProgress = { state: '', why: '', rounds: [], failures: 0 };
  let disturbance: Promise<void> | undefined;
  for (;;) {
    const now = await deployment.until(async () => progressOf(await deployment.studyStatus(study)));
    for (const [round, words] of now.rounds.entries())
      if (round >= told.rounds.length) say(`round ${round + 1}/${rounds}  ${words}`);
    if (now.why !== told.why && now.why !== '' && now.state !== 'done') say(`${now.state}: ${now.why}`);
    told = now;
    if (now.state === 'done') break;
    if (['failed', 'stopped', 'paused'].includes(now.state) || now.failures >= patience) throw notDone(now);
    if (now.rounds.length >= at && now.state === 'running') disturbance ??= midway();
    await pause(every, undefined, deployment.signal && { signal: deployment.signal });
  }
  await disturbance;
}

/** What the study came to, and where its model is. */
export async function resultOfStudy(deployment: LocalDeployment): Promise<JsonObject> {
  const at = ['--folder', deployment.coordinatorFolder];
  return (await deployment.ask('study', 'result', study, ...at)) as JsonObject;
}

function notDone({ state, why }: StudyProgress): FedwardError {
  return new FedwardError('CLIENT_FAILED', `the study is ${state}: ${why}`, study);
}
