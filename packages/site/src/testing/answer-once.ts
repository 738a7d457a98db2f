import { readFileSync } from 'node:fs';
import { digestTensors, parsePlan, planHash, type AuditHead } from '@fedward/core';
import { openSite } from '../door/index.js';
import { tablePlan, taskOf } from './table.js';

// A process of a test: opens the site of a folder, answers one round of study-1, and tells the digest of its update.
const [folder = '', round = '0', headFile = ''] = process.argv.slice(2);
const head = JSON.parse(readFileSync(headFile, 'utf8')) as AuditHead;
const plan = parsePlan(tablePlan());
const site = await openSite(folder);
const about = { runId: 'study-1', planHash: planHash(plan), round: Number(round) };
await site.door.admit({ kind: 'answer', ...about, bytes: 10 });
const client = await site.door.clientOf(about.planHash);
const { payload } = await client.answer(taskOf(plan, about.round, { head }), new AbortController().signal);
process.stdout.write(digestTensors(payload));
await site.close();
