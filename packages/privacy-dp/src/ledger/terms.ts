import { FedwardError, type Adjacency, type Charge, type PrivacyUnit } from '@fedward/core';
import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { createLasting, readIfThere, type LedgerPaths } from './files.js';
import { pricedBy } from './accountant-names.js';
import { damaged, sealed, unsealed } from './seal.js';

/** What a ledger is about. It is fixed when the ledger is made: no run changes it. */
export interface LedgerTerms {
  /** Of the patients whose data are charged, such as `north/cardiology`. */
  readonly dataSet: string;
  /**
   * Of the data themselves, as whoever reads them computes it: `sha256:` and 64 hex digits. Of a ledger that has one, no
   * other data are charged, whatever their name; one that was made without has it from the first opening with one. It is a fact about patients, so that it stays in the ledger's own file:
   * no message has it, and the head, which is passed on, is made of it together with the ledger's random id.
   */
  readonly dataDigest?: string | undefined;
  readonly unit: PrivacyUnit;
  readonly adjacency: Adjacency;
  /** In (0, 1). */
  readonly delta: number;
  /** The most that all studies together may spend: epsilon (nats) at `delta`, > 0. */
  readonly budget: number;
  /** The accountant that prices what is charged; `pld` and `rdp`, in old ledgers, are read as `rdp-filter`. */
  readonly accountant: string;
  /** True for a ledger that shows what a simulation would spend; false for one of real releases. */
  readonly simulationOnly: boolean;
}

export const dataDigestShape = z.string().regex(/^sha256:[0-9a-f]{64}$/);

/** The shapes of the terms, for the file and for the options of `openLedger`. */
export const termsShape = {
  dataSet: z.string().min(1),
  dataDigest: dataDigestShape.optional(),
  unit: z.string().min(1) as unknown as z.ZodType<PrivacyUnit>,
  adjacency: z.enum(['add-or-remove-one', 'replace-one']),
  delta: z.number().gt(0).lt(1),
  budget: z.number().positive(),
  accountant: z.string().min(1),
  simulationOnly: z.boolean(),
};

const fileSchema = z.strictObject({
  version: z.literal(1),
  /** Random, so that the releases of one ledger can't be those of another. */
  id: z.string(),
  created: z.string(),
  ...termsShape,
});

/** Terms as they stand in their file. */
export interface KnownTerms {
  readonly terms: LedgerTerms;
  /** What their file holds, all of it. */
  readonly text: string;
  /** Of their file: where the chain of entries begins. */
  readonly hash: string;
}

/**
 * Undefined where there is no ledger.
 * @throws {FedwardError} LEDGER_DAMAGED, STORAGE_FAILED
 */
export async function readTerms({ terms: path }: LedgerPaths): Promise<KnownTerms | undefined> {
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  const { body, hash } = unsealed(text, path);
  const parsed = fileSchema.safeParse(body);
  if (!parsed.success) throw damaged(path, z.prettifyError(parsed.error));
  const { version, id, created, ...terms } = parsed.data;
  return { terms, text, hash };
}

/** Of several callers at once, one writes its terms; they then are everybody's. */
export async function writeTerms({ terms: path }: LedgerPaths, terms: LedgerTerms, created: string): Promise<void> {
  const file = { version: 1, id: randomBytes(16).toString('hex'), created, ...terms };
  await createLasting(path, sealed(file).text);
}

type AskedTerms = { readonly [Key in keyof LedgerTerms]?: LedgerTerms[Key] | undefined };

/** @throws {FedwardError} CONFIG_INCOMPATIBLE naming the first term that is asked for and is another; see `assertSameData` */
export function assertTerms(directory: string, found: LedgerTerms, asked: AskedTerms): void {
  const { dataDigest: _, ...others } = asked;
  const isSame = (key: keyof typeof others, value: unknown): boolean =>
    value === found[key] || (key === 'accountant' && value === pricedBy(found.accountant));
  for (const [key, value] of Object.entries(others) as [keyof typeof others, unknown][])
    if (value !== undefined && !isSame(key, value))
      throw new FedwardError(
        'CONFIG_INCOMPATIBLE',
        `the ledger in ${directory} was made for ${key} ${found[key]}, asked for is ${String(value)}: ` +
          'a ledger belongs to its data set, and no run changes it',
        key,
      );
}

/**
 * Whoever opens a ledger without a digest says by the name alone whose it is.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE (`dataDigest`) where the ledger belongs to other data than those with this digest
 */
export function assertSameData(directory: string, found: LedgerTerms, dataDigest: string | undefined): void {
  if (dataDigest !== undefined && found.dataDigest !== undefined && dataDigest !== found.dataDigest)
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      `the ledger in ${directory} was made for other data than these, though they have the same name ${found.dataSet}: ` +
        'what it has counted is what its own patients spent. If these are other patients, give them a name and a ledger ' +
        'of their own. If any patient of before is among them (rows were added, removed or corrected), what was spent ' +
        'still counts: put the old data back; or keep the new patients alone as a data set with a ledger of its own; or ' +
        'make a ledger for the new data under another name, whose budget and delta are what this one has left of what ' +
        'these patients may spend in all (epsilons add, and so do deltas), and charge this one no more',
      'dataDigest',
    );
}

/**
 * Events of other units or adjacencies bound other things, so that they can't be added up; and a simulation protects
 * nobody, so that it has no place among real releases.
 *
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming `unit`, `adjacency` or `simulationOnly`
 */
export function assertAddable(terms: LedgerTerms, charge: Charge): void {
  for (const key of ['unit', 'adjacency', 'simulationOnly'] as const)
    if (charge[key] !== terms[key])
      throw new FedwardError(
        'CONFIG_INCOMPATIBLE',
        `the ledger of ${terms.dataSet} was made for ${key} ${terms[key]}, round ${charge.round} of run ${charge.runId} ` +
          `is of ${key} ${charge[key]}: they can't be added up`,
        key,
      );
}
