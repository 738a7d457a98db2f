import { coordinator, FedwardError, isFedwardError, parseWith } from '@fedward/core';
import * as z from 'zod';
import { openEnvelope } from '../envelope/envelope.js';
import type { Member } from '../server/options.js';
import { subjects } from '../subjects.js';

const word = z.string().regex(/^[\w.:@/-]{1,128}$/);

/** What a hospital shows of its work: names from short lists and numbers, and nothing that could be a sentence or a record. */
const schema = z.object({
  event: word,
  study: word.optional(),
  round: z.int().min(0).optional(),
  kind: word.optional(),
  code: word.optional(),
});

/** A line of a hospital's live log. Members of newer versions are left out. */
export type ShownLine = z.output<typeof schema>;

/** Of `watchLog`. */
export interface WatchLogOptions {
  readonly federation: string;
  readonly onLine: (line: ShownLine) => void;
  /** Told of what is not the hospital's, or is no such line. */
  readonly onRefused?: (error: FedwardError) => void;
}

/** Listens to what a hospital shows of its log, where it does: by default it shows nothing. Lines may be lost. */
export function watchLog(
  { id, verifier, connection }: Member,
  { federation, onLine, onRefused }: WatchLogOptions,
): { close(): void } {
  const subscription = connection.subscribe(subjects.log, {
    callback: (failure, message) => {
      if (failure) return;
      try {
        const { body } = openEnvelope(message, { verifier: verifier(), federation, from: id, to: coordinator });
        if (body.kind === 'log') onLine(lineOf(body.said, id));
      } catch (error) {
        if (isFedwardError(error)) onRefused?.(error);
      }
    },
  });
  return { close: () => subscription.unsubscribe() };
}

/** @throws {FedwardError} MESSAGE_INVALID */
function lineOf(said: string, id: string): ShownLine {
  try {
    return parseWith(schema, JSON.parse(said), `the log of ${id}`);
  } catch (cause) {
    throw new FedwardError('MESSAGE_INVALID', `a line of the log of ${id} is none`, id, { cause });
  }
}
