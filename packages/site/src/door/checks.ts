import { FedwardError, type DpEvent } from '@fedward/core';
import type { QuestionAbout } from '@fedward/transport-nats';
import { planHashOf, type StudyRecord } from '../studies/index.js';
import type { House } from './house.js';
import { eventOfRound } from './ledger.js';
import type { Room } from './room.js';

const mebibyte = 2 ** 20;

/**
 * What a question says of itself, held against what is known of its study: nothing is read or downloaded for it.
 * @throws {FedwardError} PLAN_NOT_APPROVED, TASK_INVALID
 */
export function assertKnown(record: StudyRecord | undefined, about: QuestionAbout, house: House): asserts record {
  const { id, limits } = house.config;
  const refuse = (why: string): never => {
    throw new FedwardError('PLAN_NOT_APPROVED', `${id} ${why}`, id);
  };
  if (!record) return refuse(`was not asked to take part in a study ${about.runId}`);
  if (record.ended) refuse(`knows study ${about.runId} as ended`);
  const { plan } = record.study;
  if (about.planHash !== planHashOf(record.study)) refuse(`knows study ${about.runId} under another plan`);
  const { round } = about;
  if (round !== undefined && !(Number.isInteger(round) && round >= 0 && round < plan.rounds))
    refuse(`was proposed ${plan.rounds} rounds, was asked for round ${round}`);
  if (!(about.bytes >= 0 && about.bytes <= limits.downloadMiB * mebibyte))
    throw new FedwardError('TASK_INVALID', `${id} downloads at most ${limits.downloadMiB} MiB, not ${about.bytes} bytes`, id); // prettier-ignore
}

/**
 * That there is room on the disk for what comes, what is kept of it, and what the hospital wants left.
 * @throws {FedwardError} STORAGE_FAILED in words without a number
 */
export async function assertRoomOnDisk({ config, files, freeBytes }: House, bytes = 0): Promise<void> {
  const needed = 3 * bytes + config.limits.diskMiB * mebibyte;
  if ((await freeBytes(files.state)) >= needed) return;
  throw new FedwardError(
    'STORAGE_FAILED',
    `${config.id} is refusing: disk full. It goes on once there is room`,
    config.id,
  );
}

/**
 * That the hospital's ledger has room for a round, before anything is downloaded for it. An answer that is kept is given again
 * without a charge. The charge itself is held against the budget anew when it is made.
 * @throws {FedwardError} BUDGET_EXCEEDED, in words without an epsilon
 */
export async function assertBudget(house: House, room: Room, { runId, round, kind }: QuestionAbout): Promise<void> {
  const { ledger } = room;
  if (!ledger || kind !== 'answer' || round === undefined) return;
  const event: DpEvent | undefined = eventOfRound(room, round);
  if (!event || ledger.preview(event) <= ledger.terms.budget) return;
  if ((await house.outbox.newest({ clientId: house.config.id, runId })) === round) return;
  const { id } = house.config;
  throw new FedwardError('BUDGET_EXCEEDED', `${id}: the budget of its patients has no room for round ${round}`, id);
}
