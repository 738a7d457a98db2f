import { join } from 'node:path';
import { readdir } from 'node:fs/promises';
import type { AuditEvent, DpEvent } from '@fedward/core';
import type { LedgerFacts, PrivacyFacts } from '@fedward/compliance';
import { hasLedger, readLedger } from '@fedward/privacy-dp/ledger';
import * as z from 'zod';
import type { ToldResult } from './told-result.js';

const words = z.array(z.string()).default([]);
const epsilon = z.number().nullable();
const schema = z.object({
  mechanisms: words,
  unit: z.string(),
  adjacency: z.string().nullable().default(null),
  accountant: z.string(),
  epsilon,
  delta: z.number(),
  protects: z.string(),
  assumptions: words,
  released: words,
  withheld: words,
  perClient: z
    .array(
      z.object({ id: z.string(), epsilon, spent: z.custom<DpEvent>((value) => typeof value === 'object').optional() }),
    )
    .default([]),
});

/** What the run's last entry but the seal says that it cost; null where nothing has a price, or the run is not over. */
export function privacyFacts(end: AuditEvent | undefined, result: ToldResult | undefined): PrivacyFacts | null {
  const told = schema.safeParse(end?.details['privacy']).data;
  if (!told) return null;
  const { perClient, ...privacy } = told;
  return {
    ...privacy,
    notReleased: result?.privacy?.notReleased ?? [],
    perHospital: perClient.map(({ id, epsilon: own, spent }) => ({ id, epsilon: own, spent: spent ?? null })),
  };
}

/** The ledgers of a folder, in the order in which `fedward privacy ledger` has them. */
export async function ledgerFacts(directory: string): Promise<LedgerFacts[]> {
  const names = (await hasLedger(directory))
    ? ['']
    : (await readdir(directory, { withFileTypes: true }))
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name);
  const facts: LedgerFacts[] = [];
  for (const name of names.sort()) {
    const folder = join(directory, name);
    if (!(await hasLedger(folder))) continue;
    const { terms, releases, studies, epsilon: spent, accountant, head, fault, assumptions } = await readLedger(folder);
    const { budget, delta, unit } = terms;
    facts.push({
      ...{ folder: name, releases, studies: studies.length, epsilon: spent, budget: budget ?? null, delta, unit },
      ...{ accountant, head, ok: fault === null, assumptions },
    });
  }
  return facts;
}
