import { note, printJson, printLine } from '@fedward/cli/command';
import { planHash, type Json } from '@fedward/core';
import { coordinatorFolder, readCoordinatorConfig } from '../config/read.js';
import { studyQuestions } from '../daemon/study-handlers.js';
import { readMembers } from '../members/roster.js';
import { putIncoming, removeIncoming } from '../studies/incoming.js';
import type { StudyStatus } from '../studies/studies.js';
import { ask, type StudyFlags } from './ask.js';
import { idFor, readDeclarations, readPlan, readStart } from './read-plan.js';

export interface ProposeFlags extends StudyFlags {
  readonly plan: string;
  readonly model?: string;
  readonly id?: string;
  readonly name?: string;
  readonly description?: string;
  readonly declarations?: string;
  readonly members?: string;
  readonly initial?: string;
}

/** Weights of a gigabyte are read and hashed by the daemon before it answers. */
const patience = { timeoutSeconds: 600 };

/** `fedward study propose`. @throws {FedwardError} as `readPlan`, `readStart` and the daemon; no weights are left lying then */
export async function proposeAction(flags: ProposeFlags): Promise<void> {
  const { plan, weights } = await readPlan(flags.plan, flags.model);
  const config = await readCoordinatorConfig(coordinatorFolder(flags.folder));
  const active = (await readMembers(config)).filter(({ state }) => state === 'active').map(({ id }) => id);
  const { name = plan.name, description = '' } = flags;
  const file = flags.initial === undefined ? weights : { path: flags.initial, by: '--initial' };
  const start = file && (await readStart(plan, file));
  const study = {
    ...{ schemaVersion: 1, id: flags.id ?? idFor(name, planHash(plan)), name, description, plan },
    declared: flags.declarations === undefined ? null : await readDeclarations(flags.declarations),
    members: flags.members?.split(',').map((id) => id.trim()) ?? active,
    initial: start?.digest ?? null,
  };
  const { studies } = config.paths;
  const lying = start && (await putIncoming(studies, start.parameters));
  let status: StudyStatus;
  try {
    const body = { study, ...(lying !== undefined && { weights: lying }) } as unknown as Json;
    status = await ask<StudyStatus>(flags, studyQuestions.propose, body, patience);
  } finally {
    if (lying !== undefined) await removeIncoming(studies, lying);
  }
  if (flags.json) return printJson(status);
  printLine(`proposed ${study.id} to ${study.members.join(', ')}`);
  printLine(`  plan ${status.planHash}`);
  if (start) printLine(`  starts from the weights ${start.digest}`);
  if (start) note(start.words);
  note(`Hospitals approve it or not: fedward study status ${study.id}. Then: fedward study start ${study.id}`);
}
