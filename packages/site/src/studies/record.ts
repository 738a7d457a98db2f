import { parseWith, planHash, type Json, type JsonObject } from '@fedward/core';
import { runSubjectSchema } from '@fedward/compliance';
import { parseStudy, type Study } from '@fedward/transport-nats';
import * as z from 'zod';

const time = z.iso.datetime();

const answeredSchema = z.object({ newest: z.int().min(0), rounds: z.int().min(1) });

const recordSchema = z.object({
  schemaVersion: z.literal(1),
  study: z.unknown(),
  /** Digests of data sheets are of this secret number too. */
  nonce: z.string().regex(/^[0-9a-f]{64}$/),
  /** What would run here, as it was proposed last, and when; null while no data are said. */
  proposed: z.object({ time, subject: runSubjectSchema, file: z.string() }).nullable(),
  /** What people said by hand, the newest last: it holds. */
  hand: z.array(
    z.object({
      kind: z.enum(['approved', 'revoked']),
      by: z.string(),
      time,
      /** What it is about. */
      subject: runSubjectSchema,
      words: z.string(),
    }),
  ),
  /** Digests of the approvals that are in the audit log. */
  logged: z.array(z.string()),
  /** What the first round ran on: no other data, plan or software goes on with it. */
  begun: runSubjectSchema.nullable(),
  /** The newest round that was answered, and how many were. */
  answered: answeredSchema.nullable(),
  ended: z.object({ how: z.enum(['done', 'stopped', 'failed']), words: z.string(), time }).nullable(),
});

/** What a hospital keeps of a study. */
export interface StudyRecord extends Omit<z.output<typeof recordSchema>, 'study'> {
  readonly study: Study;
}

/** Of a study that is new here. @param nonce 64 hexadecimal digits */
export function newRecord(study: Study, nonce: string): StudyRecord {
  return {
    ...{ schemaVersion: 1, study, nonce, proposed: null, hand: [], logged: [] },
    ...{ begun: null, answered: null, ended: null },
  };
}

/** @throws {FedwardError} CONFIG_INVALID for what is no record */
export function parseRecord(value: unknown, what: string): StudyRecord {
  const { study, ...rest } = parseWith(recordSchema, value, what);
  return { ...rest, study: parseStudy(study, what) };
}

/** With what was noted beside it, where that is newer and is not damaged. @param value as its file has it; undefined for none */
export function newerAnswered(record: StudyRecord, value: unknown): StudyRecord {
  const { data } = answeredSchema.safeParse(value);
  return data && data.newest > (record.answered?.newest ?? -1) ? { ...record, answered: data } : record;
}

/** Digest of a study's plan, computed once: what was taken in is not changed. */
export function planHashOf({ plan }: Study): string {
  const known = planHashes.get(plan) ?? planHash(plan);
  planHashes.set(plan, known);
  return known;
}

const planHashes = new WeakMap<Study['plan'], string>();

/** As its file has it. */
export function recordJson(record: StudyRecord): JsonObject {
  return JSON.parse(JSON.stringify(record)) as { [key: string]: Json };
}
