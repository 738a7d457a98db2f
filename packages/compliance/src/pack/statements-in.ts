import type { Json } from '@fedward/core';
import * as z from 'zod';
import { partNames } from './documents/index.js';
import type { Statement } from './statement.js';

/** A statement, with the part that it is in. */
export interface StatedIn extends Statement {
  readonly document: string;
}

const schema = z.object({
  statements: z.array(
    z.object({
      says: z.string(),
      command: z.string().max(10_000),
      pointer: z.string().max(1000),
      expect: z.json() as z.ZodType<Json>,
    }),
  ),
});

/** The statements of a pack's files. Of a part that is none there are none: the manifest tells that it was changed. */
export function statementsIn(files: ReadonlyMap<string, Uint8Array>): StatedIn[] {
  return partNames.flatMap((document) => {
    const bytes = files.get(`${document}.json`);
    const told = bytes && schema.safeParse(parsed(bytes)).data;
    return told ? told.statements.map((statement) => ({ ...statement, document })) : [];
  });
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}
