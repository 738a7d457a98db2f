import { reasonOf } from '../event.js';
import { maxFaults, type AuditFault } from '../fault.js';
import { decodeEntry, type LineEntry } from './entry.js';
import type { LineHead } from './head.js';
import type { Line } from './lines.js';
import { emptyRoot, leafHash, MerkleTree } from '@fedward/kit-merkle';

/** @param index of the entry that belongs where the fault is */
export function logFault(index: number, byteOffset: number, message: string): AuditFault {
  return { file: 'log.jsonl', line: index + 1, byteOffset, index, message };
}

export function headFault(message: string): AuditFault {
  return { file: 'head.json', line: 1, byteOffset: 0, message };
}

export interface ScanOptions {
  /** Called with each entry that can be read, in order. */
  readonly onEntry?: (entry: LineEntry) => void;
  /** Called after each line; the tree has its leaf. */
  readonly onLine?: (tree: MerkleTree) => void;
}

export interface Scan {
  readonly tree: MerkleTree;
  /** `leafHash` of the last line. */
  readonly lastHash: string;
  /** Where the lines that were read end. */
  readonly bytes: number;
  /** In the order of the lines. */
  readonly faults: readonly AuditFault[];
}

interface Checked {
  readonly index: number;
  readonly offset: number;
  readonly hash: string;
  /** True once a fault was reported for this line: what disagrees with it is explained. */
  faulty: boolean;
}

/** How a line stands to the one before: `unknown` where it can't be asked. */
type Bond = 'whole' | 'broken' | 'unknown';

/**
 * Finds, of the lines that `head` speaks of (all, without a head), those that are not as they were written.
 *
 * What is certain is the Merkle root. Where it differs, this finds out which lines did it. A line that is
 * unreadable, not canonical or out of order says so itself. Else a line's `previousHash` differs from the hash
 * of the line before, and either of the two was changed: if the next line vouches for the second of them it was
 * the first, and if not, the second. For the last line the head speaks in the place of a next line.
 */
export async function scanLog(lines: AsyncIterable<Line>, head?: LineHead, options: ScanOptions = {}): Promise<Scan> {
  const { onEntry, onLine } = options;
  const tree = new MerkleTree();
  const faults: AuditFault[] = [];
  let last: Checked | undefined;
  let lastIndex = -1;
  /** The line before `last`, where the bond between the two is broken and neither is known to be faulty. */
  let disputed: Checked | undefined;
  let bytes = 0;

  const accuse = (line: Checked, message: string): void => {
    faults.push(logFault(line.index, line.offset, message));
    line.faulty = true;
  };
  /** What the bond of the next line, or of the head, to `last` tells about a dispute. */
  const settle = (bond: Bond): void => {
    if (disputed) accuse(bond === 'broken' ? last! : disputed, changed);
    disputed = undefined;
  };

  for await (const line of lines) {
    if (faults.length >= maxFaults) break;
    const hash = leafHash(line.bytes);
    const current: Checked = { index: tree.size, offset: line.offset, hash, faulty: false };
    const read = readEntry(line);
    const inOrder = typeof read !== 'string' && (read.index === current.index || read.index === lastIndex + 1);
    let bond: Bond = 'unknown';
    if (typeof read !== 'string' && inOrder)
      bond = read.previousHash === (last?.hash ?? emptyRoot) ? 'whole' : 'broken';

    settle(bond);
    if (typeof read === 'string') accuse(current, read);
    else if (!inOrder)
      accuse(
        current,
        `entry ${read.index} is in the place of entry ${current.index}: lines were moved, added or taken out`,
      );
    else if (bond === 'broken' && !last) accuse(current, changed);
    else if (bond === 'broken' && !last?.faulty) disputed = last;

    if (typeof read !== 'string') onEntry?.(read);
    lastIndex = typeof read === 'string' ? current.index : read.index;
    last = current;
    bytes = line.offset + line.bytes.length + (line.whole ? 1 : 0);
    tree.appendHash(hash);
    onLine?.(tree);
  }

  const lastHash = last?.hash ?? emptyRoot;
  // The head can speak of the last line only where that is the one that it counts as the last.
  const bond = head?.size !== lastIndex + 1 ? 'unknown' : head.lastHash === lastHash ? 'whole' : 'broken';
  settle(bond);
  // With the root that the head has, it is the head that was changed.
  if (bond === 'broken' && last && !last.faulty && tree.root !== head?.root) accuse(last, changed);
  return { tree, lastHash, bytes, faults };
}

/**
 * Whether head and log fit, for a scan that found no fault. Bytes behind the head are not looked at.
 * @param length of the log's file, in bytes
 */
export function compareWithHead(scan: Scan, head: LineHead, length: number): AuditFault[] {
  const { tree, lastHash, bytes } = scan;
  const { size, root } = tree;
  if (size === head.size && bytes === head.bytes && lastHash === head.lastHash && root === head.root) return [];
  // Equal roots say that the log is the one that the head was written for.
  if (root !== head.root && length <= bytes && (size < head.size || bytes < head.bytes))
    return [logFault(size, bytes, `the log ends here, after ${size} of ${head.size} entries`)];
  return [
    headFault(`it does not fit the log, of which it says ${head.size} entries, ${head.bytes} bytes, root ${head.root}`),
  ];
}

const changed = 'this is not the entry that was written: what comes after it was written after another';

/** @returns the entry, or why there is none */
function readEntry(line: Line): LineEntry | string {
  if (!line.whole) return 'the line is cut off';
  try {
    return decodeEntry(line.bytes);
  } catch (error) {
    return `not an audit entry: ${reasonOf(error)}`;
  }
}
