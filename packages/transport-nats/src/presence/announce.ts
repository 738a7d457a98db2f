import { join } from 'node:path';
import { canonicalJson, coordinator, hasCode, parseWith, protocolVersion } from '@fedward/core';
import { readJson, writeFileAtomic } from '@fedward/kit-files';
import * as z from 'zod';
import { sealEnvelope } from '../envelope/envelope.js';
import type { AtWork, SiteCourierOptions } from '../site/options.js';
import { subjects } from '../subjects.js';
import type { PresenceSaid } from './said.js';

/** A hospital's own presence. */
export interface OwnPresence {
  /** Says what has changed, with all else that changes within a twentieth of a second. */
  changed(): void;
  /**
   * Other questions are at work. It is said within a second, and not at all where the same are at work by then as were said
   * last: rounds that are shorter would be told of, and verified by the coordinator, more often than they are asked.
   */
  workChanged(): void;
  close(): Promise<void>;
}

/** Milliseconds. */
const workSaidAfter = 1000;

const startsSchema = z.object({ version: z.literal(1), starts: z.int().min(0) });

/** Says that the hospital is there, every few seconds and at each change. Nobody waits for it: the next one comes. */
export async function announcePresence(
  { connection, federation, id, signer, folder, says, presenceSeconds = 5 }: SiteCourierOptions,
  atWork: () => readonly AtWork[],
): Promise<OwnPresence> {
  const starts = await countStart(folder);
  let beat = 0;
  let soon: NodeJS.Timeout | undefined;
  let later: NodeJS.Timeout | undefined;
  let last = '';
  const working = (): PresenceSaid['atWork'] =>
    atWork().map(({ kind, run, round }) => ({ kind, run, ...(round !== undefined && { round }) }));
  const say = (): void => {
    soon = undefined;
    if (connection.isClosed()) return;
    const { software, approved } = says?.() ?? { software: [], approved: [] };
    const said: PresenceSaid = {
      ...{ software: [...software], approved: [...approved], protocol: protocolVersion, starts, beat: beat++ },
      atWork: working(),
    };
    last = canonicalJson(said.atWork);
    const from = { kind: 'presence', from: id, to: coordinator, federation };
    const sealed = sealEnvelope({ ...from, payload: null, inline: false, said: canonicalJson(said) }, signer);
    connection.publish(subjects.presence, sealed.data, { headers: sealed.headers });
  };
  const changed = (): void => void (soon ??= setTimeout(say, 50).unref());
  const workChanged = (): void => {
    later ??= setTimeout(() => {
      later = undefined;
      if (canonicalJson(working()) !== last) say();
    }, workSaidAfter).unref();
  };
  const timer = setInterval(say, presenceSeconds * 1000).unref();
  say();
  return {
    ...{ changed, workChanged },
    async close() {
      clearInterval(timer);
      clearTimeout(soon);
      clearTimeout(later);
    },
  };
}

async function countStart(folder: string): Promise<number> {
  const path = join(folder, 'starts.json');
  let before = 0;
  try {
    before = parseWith(startsSchema, (await readJson(path)).json, path).starts;
  } catch (error) {
    if (!hasCode(error, 'FILE_NOT_FOUND')) throw error;
  }
  await writeFileAtomic(path, JSON.stringify({ version: 1, starts: before + 1 }));
  return before + 1;
}
