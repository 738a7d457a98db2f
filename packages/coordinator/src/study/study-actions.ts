import { copyFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { note, printJson, printLine, printLines, printTable } from '@fedward/cli/command';
import { FedwardError } from '@fedward/core';
import { makeFolder, writeFileAtomic } from '@fedward/kit-files';
import { coordinatorFolder } from '../config/read.js';
import { coordinatorPaths } from '../config/paths.js';
import { studyQuestions } from '../daemon/study-handlers.js';
import { sealProof } from '../studies/seal.js';
import { reportText } from '../studies/report.js';
import type { StudyResult } from '../studies/study-result.js';
import { isOver } from '../studies/state.js';
import type { StudyStatus } from '../studies/studies.js';
import { studyPaths } from '../studies/study-folder.js';
import type { StudyRecord } from '../studies/study-store.js';
import { ask, type StudyFlags } from './ask.js';
import { bundleOfStudy } from './model-file.js';
import { eventText, statusLines } from './status-text.js';

export interface StatusFlags extends StudyFlags {
  readonly watch?: boolean;
}
export interface StartFlags extends StudyFlags {
  readonly quorumIsEnough?: boolean;
}
export interface StopFlags extends StudyFlags {
  readonly reason: string;
}
export interface ResultFlags extends StudyFlags {
  readonly out?: string;
  readonly schema?: string;
}

export async function listAction(flags: StudyFlags): Promise<void> {
  const studies = await ask<readonly StudyRecord[]>(flags, studyQuestions.list, {});
  if (flags.json) return printJson(studies);
  if (studies.length === 0) return printLine('no studies: fedward study propose --plan FILE');
  printTable(
    ['Study', 'State', 'Members', ''],
    studies.map(({ study, state, why }) => [study.id, state, study.members.join(', '), why]),
  );
}

export async function statusAction(id: string | undefined, flags: StatusFlags): Promise<void> {
  if (id === undefined) return listAction(flags);
  const first = await ask<StudyStatus>(flags, studyQuestions.status, { id });
  if (flags.json && !flags.watch) return printJson(first);
  if (flags.json) printJson(first);
  else for (const line of statusLines(first)) printLine(line);
  for (let status = first; flags.watch && !isOver(status.state);) {
    await sleep(1000);
    const from = (status.events.at(-1)?.number ?? -1) + 1;
    const next = await ask<StudyStatus>(flags, studyQuestions.status, { id, from });
    for (const event of next.events) {
      if (flags.json) printJson(event);
      else printLine(eventText(event));
    }
    status = next.events.length > 0 ? next : { ...next, events: status.events };
  }
}

export async function startAction(id: string, flags: StartFlags): Promise<void> {
  await ask(flags, studyQuestions.start, { id, quorumIsEnough: flags.quorumIsEnough ?? false });
  await tellState(id, flags);
}

export async function sayAction(what: 'pause' | 'resume', id: string, flags: StudyFlags): Promise<void> {
  await ask(flags, studyQuestions[what], { id });
  await tellState(id, flags);
}

export async function stopAction(id: string, flags: StopFlags): Promise<void> {
  await ask(flags, studyQuestions.stop, { id, reason: flags.reason });
  await tellState(id, flags);
}

export async function resultAction(id: string, flags: ResultFlags): Promise<void> {
  if (flags.schema !== undefined && flags.out === undefined)
    throw new FedwardError(
      'CONFIG_INVALID',
      '--schema says what the model of --out is for: give --out DIR too',
      '--schema',
    );
  const result = await ask<StudyResult>(flags, studyQuestions.result, { id });
  if (flags.out !== undefined) {
    const paths = studyPaths(coordinatorPaths(coordinatorFolder(flags.folder)).studies, id);
    await makeFolder(flags.out);
    const model = join(flags.out, basename(paths.model));
    const { study } = await ask<StudyStatus>(flags, studyQuestions.status, { id });
    const usable = flags.schema === undefined ? undefined : await bundleOfStudy({ study, result, weights: paths.model, schema: flags.schema }); // prettier-ignore
    for (const path of [paths.study, paths.result, paths.report, paths.keys])
      await copyFile(path, join(flags.out, basename(path)));
    await writeFileAtomic(join(flags.out, 'seal.proof'), await sealProof(paths));
    if (usable) await writeFileAtomic(model, usable);
    else await copyFile(paths.model, model);
    note(
      usable
        ? `To use the model: fedward model show ${model}, fedward model predict ${model} FILE.csv --out OUT.csv`
        : `${model} holds weights alone. With --schema FILE, the one that hospitals read their tables by, fedward model can use it.`,
    );
  }
  if (flags.json) printJson(result);
  else printLines(reportText(result).trimEnd());
}

async function tellState(id: string, flags: StudyFlags): Promise<void> {
  const { state, why } = await ask<StudyStatus>(flags, studyQuestions.status, { id });
  if (flags.json) printJson({ id, state, why });
  else printLine(`${id} is ${state}${why && `: ${why}`}`);
}
