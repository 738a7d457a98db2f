import { broken } from '../images/failure.js';

/** One data element. Its value is a view of the file's bytes. */
export interface Element {
  /** As letters; undefined where the transfer syntax is implicit. */
  readonly vr: string | undefined;
  readonly bytes: Uint8Array;
  readonly bigEndian: boolean;
  /** Of a sequence. */
  readonly items?: readonly DataSet[];
  /** Of encapsulated pixel data: the offset table and what follows it. */
  readonly fragments?: readonly Uint8Array[];
}

/** Elements by their tag, such as 0x00280010. */
export type DataSet = ReadonlyMap<number, Element>;

/** How the elements of a data set are written. */
export interface Writing {
  readonly explicit: boolean;
  readonly bigEndian: boolean;
}

/** No real object is as deep, or has as many elements: what has is made to exhaust its reader. */
const mostDepth = 64;
const mostElements = 2 ** 20;

const undefinedLength = 0xffffffff;
const item = 0xfffee000;
const itemEnd = 0xfffee00d;
const sequenceEnd = 0xfffee0dd;
const pixelData = 0x7fe00010;

/** With two reserved bytes and a length of four (PS3.5, section 7.1.2). */
const longForms = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
const shortForms = new Set(
  ['AE', 'AS', 'AT', 'CS', 'DA', 'DS', 'DT', 'FL', 'FD', 'IS', 'LO', 'LT', 'PN', 'SH', 'SL', 'SS', 'ST', 'TM', 'UI'] //
    .concat('UL', 'US'),
);

/** Sequences that are looked into also where nothing but the dictionary says that they are some. */
const knownSequences = new Set([
  0x00283000, // Modality LUT
  0x00289110, // Pixel Measures
  0x00289132, // Frame VOI LUT
  0x00289145, // Pixel Value Transformation
  0x003a0200, // Channel Definition
  0x003a0208, // Channel Source
  0x003a0211, // Channel Sensitivity Units
  0x52009229, // Shared Functional Groups
  0x52009230, // Per-Frame Functional Groups
  0x54000100, // Waveform
]);

/** True for the letters of a value representation. */
export function isValueRepresentation(letters: string): boolean {
  return longForms.has(letters) || shortForms.has(letters);
}

/** A tag as people write it. */
export function tagName(tag: number): string {
  const hex = tag.toString(16).toUpperCase().padStart(8, '0');
  return `(${hex.slice(0, 4)},${hex.slice(4)})`;
}

/**
 * Reads data elements (PS3.5, section 7) in one pass over bytes in memory. What ends too early, or says of itself what
 * can't be, is an error: nothing is guessed.
 */
export class ElementReader {
  readonly #view: DataView;
  #elements = 0;
  /** Where nothing but zeros is left, once someone has looked. */
  #zeroFrom: number | undefined;

  /** @param name of the file, for messages */
  constructor(
    readonly name: string,
    readonly bytes: Uint8Array,
    public offset = 0,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /**
   * Elements up to the end of the bytes, or to the first whose group is not wanted.
   * @throws {FedwardError} DATA_MALFORMED
   */
  dataSet(writing: Writing, wanted: (group: number) => boolean = () => true): DataSet {
    const found = new Map<number, Element>();
    while (this.offset < this.bytes.length) {
      if (!wanted(this.#view.getUint16(this.#ahead(2), !writing.bigEndian))) break;
      if (found.has(pixelData) && this.#restIsZero()) break; // written to whole blocks of a disk
      this.#element(writing, this.bytes.length, 0, found);
    }
    return found;
  }

  /** Reads one element into `found`. @returns its tag */
  #element(writing: Writing, end: number, depth: number, found: Map<number, Element>): number {
    if (++this.#elements > mostElements) throw broken(this.name, `there are more than ${mostElements} elements`);
    const at = this.offset;
    const tag = this.#tag(writing, end);
    if (tag >= item && tag <= sequenceEnd) {
      this.#uint32(writing, end, tag);
      if (tag === itemEnd || tag === sequenceEnd) return tag;
      throw broken(this.name, `at byte ${at} an item stands outside a sequence`);
    }
    const { vr, length } = this.#form(tag, writing, end, at);
    const { bigEndian } = writing;
    const nothing = this.bytes.subarray(at, at);
    if (length === undefinedLength) {
      if (tag === pixelData && depth === 0) {
        found.set(tag, { vr, bigEndian, bytes: nothing, fragments: this.#fragments(writing, end) });
        return tag;
      }
      // Of unknown representation: the items are implicit, whatever the file is (PS3.5, section 6.2.2, note).
      const inside = vr === 'UN' ? { explicit: false, bigEndian: false } : writing;
      found.set(tag, { vr, bigEndian, bytes: nothing, items: this.#items(inside, end, undefined, depth + 1) });
      return tag;
    }
    const last = this.#ahead(length, end, tag) + length;
    if (vr === 'SQ' || (vr === undefined && knownSequences.has(tag)))
      found.set(tag, { vr, bigEndian, bytes: nothing, items: this.#items(writing, last, last, depth + 1) });
    else found.set(tag, { vr, bigEndian, bytes: this.bytes.subarray(this.offset, last) });
    this.offset = last;
    return tag;
  }

  /** Of a sequence; to the delimiter where no length is known. */
  #items(writing: Writing, end: number, last: number | undefined, depth: number): DataSet[] {
    if (depth > mostDepth) throw broken(this.name, `sequences are nested more than ${mostDepth} deep`);
    const items: DataSet[] = [];
    while (last === undefined || this.offset < last) {
      const at = this.offset;
      const tag = this.#tag(writing, end);
      const length = this.#uint32(writing, end, tag);
      if (tag === sequenceEnd && last === undefined) return items;
      if (tag !== item) throw broken(this.name, `at byte ${at} a sequence goes on with no item`);
      if (++this.#elements > mostElements) throw broken(this.name, `there are more than ${mostElements} elements`);
      const found = new Map<number, Element>();
      if (length === undefinedLength) {
        for (let seen = 0; seen !== itemEnd;) {
          seen = this.#element(writing, end, depth, found);
          if (seen === sequenceEnd) throw broken(this.name, `at byte ${at} an item has no end of its own`);
        }
      } else {
        const stop = this.#ahead(length, end, tag) + length;
        while (this.offset < stop)
          if (this.#element(writing, stop, depth, found) >= itemEnd)
            throw broken(this.name, `at byte ${at} an item ends before its length`);
      }
      items.push(found);
    }
    return items;
  }

  /** Of encapsulated pixel data (PS3.5, section A.4). */
  #fragments(writing: Writing, end: number): Uint8Array[] {
    const fragments: Uint8Array[] = [];
    for (;;) {
      const tag = this.#tag(writing, end);
      const length = this.#uint32(writing, end, tag);
      if (tag === sequenceEnd) return fragments;
      if (tag !== item || length === undefinedLength)
        throw broken(this.name, 'encapsulated pixel data go on with no fragment');
      if (++this.#elements > mostElements) throw broken(this.name, `there are more than ${mostElements} elements`);
      const start = this.#ahead(length, end, tag);
      fragments.push(this.bytes.subarray(start, start + length));
      this.offset = start + length;
    }
  }

  /** What stands between a tag and its value. */
  #form(tag: number, writing: Writing, end: number, at: number): { vr: string | undefined; length: number } {
    if (!writing.explicit) return { vr: undefined, length: this.#uint32(writing, end, tag) };
    const start = this.#ahead(4, end, tag);
    const vr = String.fromCharCode(this.bytes[start]!, this.bytes[start + 1]!);
    if (shortForms.has(vr)) {
      this.offset += 4;
      return { vr, length: this.#view.getUint16(start + 2, !writing.bigEndian) };
    }
    if (!longForms.has(vr)) throw broken(this.name, `at byte ${at} element ${tagName(tag)} has no known type`);
    this.offset += 4;
    return { vr, length: this.#uint32(writing, end, tag) };
  }

  #tag({ bigEndian }: Writing, end: number): number {
    const at = this.#ahead(4, end);
    this.offset += 4;
    return this.#view.getUint16(at, !bigEndian) * 0x10000 + this.#view.getUint16(at + 2, !bigEndian);
  }

  #uint32({ bigEndian }: Writing, end: number, tag: number): number {
    const at = this.#ahead(4, end, tag);
    this.offset += 4;
    return this.#view.getUint32(at, !bigEndian);
  }

  /** Where the next bytes start, if they are all there. */
  #ahead(length: number, end = this.bytes.length, tag?: number): number {
    const left = end - this.offset;
    if (length <= left) return this.offset;
    const what = tag === undefined ? 'an element' : `element ${tagName(tag)}`;
    const where = end === this.bytes.length ? 'in the file: it is cut short, or lies' : 'in what it is part of';
    throw broken(this.name, `${what} needs ${length} bytes at byte ${this.offset}, and ${left} are left ${where}`);
  }

  #restIsZero(): boolean {
    this.#zeroFrom ??= this.bytes.findLastIndex((byte) => byte !== 0) + 1;
    return this.offset >= this.#zeroFrom;
  }
}
