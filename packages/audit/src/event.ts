import type { AuditEventType, JsonObject } from '@fedward/core';
import * as z from 'zod';

/** What an event is read back as, in logs of any version. */
export const eventSchema = z.strictObject({
  // Names of types are only ever added: a log written by a newer fedward is not a forged one, so that the
  // spelling is checked here, not the list.
  type: z.string().regex(/^[a-z]+(-[a-z]+)*$/) as unknown as z.ZodType<AuditEventType>,
  time: z.iso.datetime(),
  runId: z.string(),
  round: z.int().min(0).exactOptional(),
  clientId: z.string().exactOptional(),
  // What JSON.parse gave is JSON; walking through it again would only cost time.
  details: z.custom<JsonObject>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'must be an object',
  ),
});

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
