import { isFedwardError, parseWith } from '@fedward/core';
import { openNote, readNote, verifierOf } from '@fedward/kit-keys';
import { emptyRoot, parseCheckpoint } from '@fedward/kit-merkle';
import { resolve } from 'node:path';
import * as z from 'zod';
import { reasonOf } from './event.js';
import type { AuditFault } from './fault.js';
import { isLineLog, pathsIn } from './files.js';
import { scanLog, type Scan } from './scan.js';
import { headFault, readSnapshot } from './snapshot.js';
import { AuditCounter } from './summary.js';
import { verifyLineLog } from './v1/verify.js';
import type { AuditVerification, KeptHead, VerifyOptions } from './verification.js';

const hash = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits');
const optionsSchema = z.strictObject({
  expectedRoot: hash.optional(),
  expectedSize: z.int().min(0).optional(),
  keys: z.array(z.string()).optional(),
  heads: z
    .array(z.union([z.string(), z.looseObject({ size: z.int().min(0), root: hash, by: z.string().optional() })]))
    .optional(),
});

/**
 * Checks a log, byte for byte: entries, tiles, root, the signatures of its heads, and what was kept elsewhere. Without the
 * latter it can't find what the owner of the log's key did, who can write all of it anew and sign it.
 *
 * A log that is being written to may have bytes behind its last checkpoint for a moment, which is a fault here.
 *
 * @throws {FedwardError} FILE_NOT_FOUND where the directory has no log, AUDIT_FAILED where it can't be read, CONFIG_INVALID
 *   for bad options, keys and heads; never for what is in the files
 */
export async function verifyAuditLog(directory: string, options: VerifyOptions = {}): Promise<AuditVerification> {
  parseWith(optionsSchema, options, 'verifyAuditLog.options');
  const kept = (options.heads ?? []).map(keptHead);
  const trusted = (options.keys ?? []).map((key) => verifierOf(key).verifierKey);
  const paths = pathsIn(resolve(directory));
  if (isLineLog(paths)) return verifyOld(paths.directory, options, kept);
  const snapshot = await readSnapshot(paths);
  const counter = new AuditCounter();
  if ('message' in snapshot) return unreadable(snapshot, counter);
  const found = new Expected(options);
  const scan = await scanLog(paths, snapshot, {
    onEntry: (entry) => counter.add(entry),
    ...(found.looks && { onLeaf: ({ size, root }) => found.see(size, root) }),
    sizes: [...kept.map(({ size }) => size), ...(options.expectedSize === undefined ? [] : [options.expectedSize])],
  });
  const { size, root } = scan.tree;
  const faults = [...scan.faults];
  const signatures = scan.keys.signatures(trusted);
  if (faults.length === 0) {
    faults.push(...found.faults(scan), ...keptFaults(scan, kept));
    const known =
      size > 0
        ? signatures.some((one) => one.trusted)
        : isSigned(
            snapshot.head.note,
            trusted.map((verifierKey) => ({ verifierKey })),
          );
    if (options.keys && !known) faults.push(headFault(strangerFault(signatures.at(-1))));
  }
  const ok = faults.length === 0;
  const expectedSize = ok ? found.size : undefined;
  return {
    ...{ ok, version: 2, size, root, faults, signatures, prunedBelow: scan.prunedBelow, summary: counter.summary() },
    ...(expectedSize !== undefined && { expectedSize }),
  };
}

function strangerFault(last: { readonly verifierKey: string } | undefined): string {
  return last
    ? `it is signed by ${last.verifierKey}, which is none of the keys that are trusted`
    : 'it is not signed, by none of the keys that are trusted';
}

function unreadable(fault: AuditFault, counter: AuditCounter): AuditVerification {
  const nothing = { size: 0, root: emptyRoot, signatures: [], prunedBelow: 0, summary: counter.summary() };
  return { ok: false, version: 2, faults: [fault], ...nothing };
}

/** A root that is looked for among all that a log ever had, or at one size. */
class Expected {
  readonly looks: boolean;
  #foundAt: number | undefined;

  constructor(private readonly options: VerifyOptions) {
    const { expectedRoot, expectedSize } = options;
    this.looks = expectedRoot !== undefined && expectedSize === undefined;
    if (expectedRoot === emptyRoot) this.#foundAt = 0;
  }

  see(size: number, root: string): void {
    if (root === this.options.expectedRoot) this.#foundAt = size;
  }

  get size(): number | undefined {
    return this.options.expectedRoot === undefined ? undefined : (this.options.expectedSize ?? this.#foundAt);
  }

  faults({ tree: { size, root }, roots }: Scan): AuditFault[] {
    const { expectedRoot, expectedSize } = this.options;
    if (expectedSize !== undefined && expectedSize > size) return [endFault(size, `${expectedSize} expected entries`)];
    if (expectedRoot === undefined) return [];
    if (expectedSize === undefined)
      return this.#foundAt !== undefined
        ? []
        : [
            headFault(
              `the root over all ${size} entries is ${root}, and no fewer of them have the expected ${expectedRoot}: ` +
                'entries were rewritten, or cut off, or it is another log',
            ),
          ];
    if (roots.get(expectedSize) === expectedRoot) return [];
    const then = roots.get(expectedSize);
    return [
      headFault(
        `the root over the first ${expectedSize} entries is ${then}, not the expected ${expectedRoot}: ` +
          'one of them was rewritten, and all that depends on it',
      ),
    ];
  }
}

function endFault(size: number, of: string): AuditFault {
  const message = `the log ends here, after ${size} of ${of}`;
  return { file: 'checkpoint', line: size + 1, byteOffset: 0, index: size, message };
}

interface Kept extends KeptHead {
  /** The note that it was read from, if it is one. */
  readonly note?: string;
}

/** @throws {FedwardError} MESSAGE_INVALID for a note that is no checkpoint */
function keptHead(head: string | KeptHead): Kept {
  if (typeof head !== 'string') return head;
  const { size, root } = parseCheckpoint(head);
  const names = head.includes('\n\n') ? readNote(head).signatures.map(({ name }) => name) : [];
  return { size, root, note: head, ...(names.length > 0 && { by: [...new Set(names)].join(', ') }) };
}

/** A head that others have and the log has not: it was cut, or written anew after they had seen it. */
function keptFaults({ tree, roots, keys }: Scan, kept: readonly Kept[]): AuditFault[] {
  const faults: AuditFault[] = [];
  for (const { size, root, by, note } of kept) {
    const who = by === undefined ? 'elsewhere' : `by ${by}`;
    if (size > tree.size) faults.push(endFault(tree.size, `${size} that a head speaks of that was kept ${who}`));
    else if (roots.get(size) !== root)
      faults.push(
        headFault(
          `at ${size} entries its root is ${roots.get(size)}; ${root} was kept ${who}: what was there before is another ` +
            `log now${note !== undefined && isSigned(note, keys.signatures()) ? ', and its own key had signed that' : ''}`,
        ),
      );
  }
  return faults;
}

function isSigned(note: string, by: readonly { readonly verifierKey: string }[]): boolean {
  try {
    openNote(
      note,
      by.map(({ verifierKey }) => verifierOf(verifierKey)),
    );
    return true;
  } catch (error) {
    if (isFedwardError(error)) return false;
    throw new Error(reasonOf(error), { cause: error });
  }
}

async function verifyOld(
  directory: string,
  { expectedRoot, expectedSize, keys }: VerifyOptions,
  kept: readonly Kept[],
): Promise<AuditVerification> {
  const of = (root?: string, size?: number) =>
    verifyLineLog(directory, {
      ...(root !== undefined && { expectedRoot: root }),
      ...(size !== undefined && { expectedSize: size }),
    });
  const found = await of(expectedRoot, expectedSize);
  const faults = [...found.faults];
  if (keys && faults.length === 0) faults.push(headFault(strangerFault(undefined)));
  for (const { root, size } of kept) if (faults.length === 0) faults.push(...(await of(root, size)).faults);
  return { ...found, ok: faults.length === 0, version: 1, faults, signatures: [], prunedBelow: 0 };
}
