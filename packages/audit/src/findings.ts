import { maxFaults, type AuditFault } from './fault.js';

/** A hash that is not what its neighbours say: whose fault that is the head tells. */
interface Dispute {
  readonly asEntry?: AuditFault;
  readonly asTile: AuditFault;
}

/** Where in a log, and in which of its files. */
export interface Place {
  readonly file: string;
  /** Of the entry that belongs there. */
  readonly index: number;
  readonly byteOffset: number;
}

export function faultAt(place: Place, message: string): AuditFault {
  const { file, index, byteOffset } = place;
  return { file, line: index + 1, byteOffset, index, message };
}

/** What a pass over a log finds. */
export class Findings {
  #faults: AuditFault[] = [];
  readonly #disputes: Dispute[] = [];

  get any(): boolean {
    return this.#faults.length > 0;
  }

  /** Whether it is not worth while to read on. */
  get enough(): boolean {
    return this.#faults.length >= maxFaults;
  }

  add(fault: AuditFault): void {
    if (!this.enough) this.#faults.push(fault);
  }

  accuse(file: string, index: number, byteOffset: number, message: string): void {
    this.add(faultAt({ file, index, byteOffset }, message));
  }

  /** That a tile is not over what is below it. @param entry the one whose hash it has not, if it can be the entry's fault */
  dispute(tile: Place, entry?: Place): void {
    if (this.#disputes.length >= maxFaults) return;
    const asTile = faultAt(tile, 'this hash is not that of what is below it');
    const changed = 'this is not the entry that was written: its tile has another hash';
    this.#disputes.push({ asTile, ...(entry && { asEntry: faultAt(entry, changed) }) });
  }

  /** Says whose fault it is where hashes differ. @param entriesAreRight whether they have the root that the head has */
  settle(entriesAreRight: boolean): void {
    const known = new Set(this.#faults.map(({ index }) => index));
    for (const { asEntry, asTile } of this.#disputes) {
      const blamed = entriesAreRight ? asTile : asEntry;
      if (blamed && !known.has(blamed.index)) this.add(blamed);
      known.add(blamed?.index);
    }
    // That the tiles above do not fit either follows from what was found below.
    if (!this.any) this.#faults = this.#disputes.map(({ asTile }) => asTile);
  }

  /** First entry first; what is about none of them last. */
  inOrder(): AuditFault[] {
    return this.#faults.toSorted((a, b) => (a.index ?? Infinity) - (b.index ?? Infinity));
  }
}
