import { FedwardError } from '@fedward/core';
import { emptyRoot } from '@fedward/kit-merkle';
import type { AuditFault } from '../fault.js';
import { lengthOf } from '../files.js';
import { AuditCounter } from '../summary.js';
import type { AuditVerification, VerifyOptions } from '../verification.js';
import { readHead, type LineHead } from './head.js';
import { readLines, type Line } from './lines.js';
import { pathsIn } from './paths.js';
import { compareWithHead, headFault, logFault, scanLog, type Scan } from './scan.js';

/** What can be asked of such a log. */
export type ExpectedOptions = Pick<VerifyOptions, 'expectedRoot' | 'expectedSize'>;
/** What is found of it. */
export type LineVerification = Omit<AuditVerification, 'version' | 'signatures' | 'prunedBelow'>;

/**
 * Checks a log of version 0.1, byte for byte, against the head beside it and, with `expectedRoot`, against what was kept
 * elsewhere. Without the latter it can't find what someone did who rewrote log and head together: such logs are not signed.
 *
 * @throws {FedwardError} FILE_NOT_FOUND where the directory has neither log nor head, AUDIT_FAILED where they
 *   can't be read; never for what is in the files
 */
export async function verifyLineLog(directory: string, options: ExpectedOptions): Promise<LineVerification> {
  const paths = pathsIn(directory);
  // The head first: what a writer adds meanwhile lies behind it.
  const head = await readHead(paths);
  const length = await lengthOf(paths.log);
  if (length === undefined) {
    if (head === 'missing')
      throw new FedwardError('FILE_NOT_FOUND', `there is no audit log in ${directory}`, directory);
    const faults = [logFault(0, 0, 'the file is missing')];
    return { ok: false, size: 0, root: emptyRoot, faults, summary: new AuditCounter().summary() };
  }
  return verifyLines({ head, length, linesUntil: (byte) => readLines(paths.log, byte) }, options);
}

/** A log and its head, as they were read. */
export interface LogAsRead {
  readonly head: Awaited<ReturnType<typeof readHead>>;
  /** Of the log, in bytes. */
  readonly length: number;
  /** The lines that begin before a byte; all, without one. */
  linesUntil(byte: number | undefined): AsyncIterable<Line>;
}

/** What `verifyLineLog` says of what it has read. */
export async function verifyLines(log: LogAsRead, options: ExpectedOptions = {}): Promise<LineVerification> {
  const { head, length } = log;
  const { expectedRoot, expectedSize } = options;
  const counter = new AuditCounter();
  let rootThen = emptyRoot;
  /** The most entries that the expected root was found over. */
  let foundAt: number | undefined = expectedRoot === emptyRoot ? 0 : undefined;
  const readable: LineHead | undefined = typeof head === 'object' && 'root' in head ? head : undefined;
  const scan = await scanLog(log.linesUntil(readable?.bytes), readable, {
    onEntry: (entry) => counter.add(entry),
    onLine: (tree) => {
      if (tree.size === expectedSize) rootThen = tree.root;
      else if (expectedRoot !== undefined && expectedSize === undefined && tree.root === expectedRoot)
        foundAt = tree.size;
    },
  });
  const { size, root } = scan.tree;

  const faults = [...scan.faults];
  if (head === 'missing') faults.push(headFault('the file is missing'));
  else if ('fault' in head) faults.push(headFault(head.fault));
  // A change of a line also changes length and root: said once is enough.
  else if (faults.length === 0) {
    faults.push(...compareWithHead(scan, head, length));
    if (faults.length === 0 && length > scan.bytes)
      faults.push(
        logFault(
          size,
          scan.bytes,
          `${length - scan.bytes} bytes behind the last entry that the head counts: they were added, or a writer ` +
            'was stopped while writing them (opening the log then sets them aside)',
        ),
      );
  }
  if (faults.length === 0) faults.push(...compareWithExpected(scan, options, rootThen, foundAt));
  const ok = faults.length === 0;
  const confirmed = expectedSize ?? foundAt;
  return {
    ...{ ok, size, root, faults, summary: counter.summary() },
    ...(ok && expectedRoot !== undefined && confirmed !== undefined && { expectedSize: confirmed }),
  };
}

/**
 * @param rootThen over the first `expectedSize` entries
 * @param foundAt how many entries the expected root was found over
 */
function compareWithExpected(
  scan: Scan,
  { expectedRoot, expectedSize }: ExpectedOptions,
  rootThen: string,
  foundAt: number | undefined,
): AuditFault[] {
  const { size, root } = scan.tree;
  if (expectedSize !== undefined && expectedSize > size)
    return [logFault(size, scan.bytes, `the log ends here, after ${size} of ${expectedSize} expected entries`)];
  const found = expectedSize === undefined ? foundAt !== undefined : rootThen === expectedRoot;
  if (expectedRoot === undefined || found) return [];
  const message =
    expectedSize === undefined
      ? `the root over all ${size} entries is ${root}, and no fewer of them have the expected ${expectedRoot}: ` +
        'entries were rewritten, or cut off, or it is another log'
      : `the root over the first ${expectedSize} entries is ${rootThen}, not the expected ${expectedRoot}: ` +
        'one of them was rewritten, and all that depends on it';
  return [logFault(0, 0, message)];
}
