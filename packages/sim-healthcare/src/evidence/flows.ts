import type { AuditEvent } from '@fedward/core';
import type { Flow, RowFacts } from '@fedward/compliance';
import * as z from 'zod';
import type { ToldResult } from './told-result.js';

/** By the type of the entry with which a hospital's log has it. */
const kinds: Readonly<Record<string, string>> = {
  training: 'update',
  query: 'answer to a query',
  evaluation: 'scores',
  call: 'call',
  'answer-repeated': 'the same again',
};

const metSchema = z.object({ sites: z.array(z.object({ ids: z.array(z.string()).default([]) })).default([]) });

/**
 * What left hospitals, in the order of time.
 * @param events of the coordinator, where hospitals were met
 * @param atHospitals theirs
 */
export function flowsOf(
  events: readonly AuditEvent[],
  atHospitals: readonly AuditEvent[],
  result: ToldResult | undefined,
): Flow[] {
  const sizes = new Map(result?.rounds.map((round) => [round.round, sizeOf(round, result.compression)]));
  const met = events.filter(({ type }) => type === 'run-start' || type === 'run-resume');
  const descriptions = met.flatMap(({ time, details }): Flow[] =>
    (metSchema.safeParse(details).data?.sites ?? [])
      .flatMap(({ ids }) => ids)
      .map((from) => ({ from, to: 'coordinator', kind: 'description', round: null, time, bytes: null })),
  );
  const answers = atHospitals.flatMap(({ type, clientId, round, time }): Flow[] => {
    const kind = kinds[type];
    if (kind === undefined || clientId === undefined) return [];
    const size = type === 'training' || type === 'query' ? sizes.get(round ?? -1) : undefined;
    const bytes = size?.ids.has(clientId) ? size.bytes : null;
    return [{ from: clientId, to: 'coordinator', kind, round: round ?? null, time, bytes }];
  });
  return [...descriptions, ...answers].sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
}

/** Bytes of one update, where all of a round have as many and none is of another round; undefined where nobody can tell. */
function sizeOf(
  { participants, stale, bytes }: ToldResult['rounds'][number],
  compression: string | undefined,
): { readonly ids: ReadonlySet<string>; readonly bytes: number } | undefined {
  if (!bytes || compression !== undefined || stale.length > 0 || participants.length === 0) return undefined;
  const each = bytes.received / participants.length;
  return Number.isSafeInteger(each) ? { ids: new Set(participants), bytes: each } : undefined;
}

const count = z.number().nullable();
const rowsSchema = z.object({
  rows: z.union([
    z.literal('withheld'),
    z.object({ read: count, used: count, dropped: z.array(z.object({ reason: z.string(), rows: count })).default([]) }),
  ]),
});

/** What became of hospitals' rows, by the newest entry of each. */
export function rowsOf(atHospitals: readonly AuditEvent[]): RowFacts[] {
  const rows = new Map<string, RowFacts>();
  for (const { type, clientId: hospital, details } of atHospitals) {
    const told = type === 'data' && hospital !== undefined ? rowsSchema.safeParse(details).data?.rows : undefined;
    if (told === undefined || hospital === undefined) continue;
    rows.set(
      hospital,
      told === 'withheld'
        ? { hospital, read: null, used: null, dropped: [], withheld: true }
        : { hospital, ...told, withheld: false },
    );
  }
  return [...rows.values()];
}
