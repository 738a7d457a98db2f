import { FedwardError, parseWith } from '@fedward/core';
import * as z from 'zod';

const schema = z.object({
  software: z.array(z.object({ name: z.string().max(200), version: z.string().max(200) })).max(1000),
  /** Of what servers and sites say to each other. */
  protocol: z.int().min(0),
  atWork: z
    .array(z.object({ kind: z.string().max(64), run: z.string().max(1000), round: z.int().min(0).optional() }))
    .max(1000),
  /** Hashes of plans. */
  approved: z.array(z.string().max(200)).max(10_000),
  /** How often the hospital's process has been started. */
  starts: z.int().min(0),
  /** Grows by one with each message of a process. */
  beat: z.int().min(0),
});

/** What a hospital says of itself unasked. Nothing at work: it is idle. */
export type PresenceSaid = z.output<typeof schema>;

/** @throws {FedwardError} MESSAGE_INVALID */
export function parsePresence(text: string, site: string): PresenceSaid {
  try {
    return parseWith(schema, JSON.parse(text), `the presence of ${site}`);
  } catch (cause) {
    throw new FedwardError('MESSAGE_INVALID', `the presence of ${site} is none`, site, { cause });
  }
}

/** Whether it was said after the other: by a later process, or later by the same. */
export function isLater(said: PresenceSaid, than: PresenceSaid | undefined): boolean {
  return than === undefined || said.starts > than.starts || (said.starts === than.starts && said.beat > than.beat);
}
