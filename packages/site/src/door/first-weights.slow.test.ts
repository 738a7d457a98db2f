import { join } from 'node:path';
import { readAuditLog } from '@fedward/audit';
import { approvalFolder } from '@fedward/compliance';
import { createParameters, digestTensors, layoutOf, planHash, type Task } from '@fedward/core';
import { readLedger } from '@fedward/privacy-dp/ledger';
import { expect, it } from 'vitest';
import { coordinatorKey, headOf, hospitalFolder, opened, studyOf, temporary } from '../testing/hospitals.js';
import { tableIn, tablePlan, taskOf } from '../testing/table.js';

const plan = tablePlan();
const layout = layoutOf(plan.model);
const weightsOf = (value: number) => createParameters(layout, new Float32Array(layout.size).fill(value));
const digestOf = (value: number) => `sha256:${digestTensors(weightsOf(value))}`;

it('a hospital trains from the first weights that it has approved, and refuses others by name at no charge', async () => {
  const at = temporary();
  const coordinator = await coordinatorKey(at);
  const ledger = { budget: 50 };
  const folder = await hospitalFolder(at, 'north', coordinator, { data: tableIn(at), noise: 'secret', ledger });
  const { door, files } = await opened(folder);
  const head = await headOf(at, coordinator);
  const answer = async (payload: Task['payload'], round = 0) => {
    await door.admit({ kind: 'answer', runId: 'study-1', planHash: planHash(plan), round, bytes: 100 });
    const client = await door.clientOf(planHash(plan));
    return client.answer(taskOf(plan, round, { head, payload }), new AbortController().signal);
  };

  await door.study({ kind: 'proposed', study: studyOf(plan, ['north'], { initial: digestOf(0.25) }) });
  const [item] = await approvalFolder(files.inbox).proposals();
  expect(item!.proposal.subjects).toMatchObject([{ hospital: 'north', initial: digestOf(0.25) }]);
  await door.approve('study-1', { by: 'anna', words: 'ethics vote 12' });

  // The coordinator is told the code, as of all errors under the rules of this hospital; its own people are told why.
  await expect(answer(weightsOf(0.5))).rejects.toMatchObject({ code: 'PLAN_NOT_APPROVED', subject: 'north' });
  const refusals = [];
  for await (const { event } of readAuditLog(join(folder, 'audit')))
    if (event.type === 'refusal') refusals.push({ round: event.round, ...event.details });
  const reason = `north has approved a start from the weights ${digestOf(0.25)}, was sent the weights ${digestOf(0.5)}`;
  expect(refusals[0]).toEqual({ round: 0, code: 'PLAN_NOT_APPROVED', reason });
  expect((await readLedger(files.ledger)).releases).toBe(0);

  expect((await answer(weightsOf(0.25))).baseRound).toBe(0);
  // What the others' updates made of it a hospital can't know.
  expect((await answer(weightsOf(0.5), 1)).baseRound).toBe(1);
  expect((await readLedger(files.ledger)).releases).toBe(2);
});
