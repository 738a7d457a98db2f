/** Writes DICOM files for tests: what a writer would not write, too. */

/** Tag, value representation and value: text, bytes, numbers (US, or as the representation says), or items of a sequence. */
export type Part = readonly [
  tag: number,
  vr: string,
  value: string | Uint8Array | readonly number[] | readonly Part[][],
];

const longForms = ['OB', 'OW', 'OF', 'OD', 'SQ', 'UN', 'UT'];

/** Elements in explicit little endian, or as told. */
export function elements(parts: readonly Part[], { explicit = true, bigEndian = false } = {}): Buffer {
  return Buffer.concat(
    parts.map(([tag, vr, value]) => {
      const body = bodyOf(vr, value, { explicit, bigEndian });
      const head = Buffer.alloc(explicit && longForms.includes(vr) ? 12 : 8);
      u16(head, 0, tag >>> 16, bigEndian);
      u16(head, 2, tag & 0xffff, bigEndian);
      if (explicit) head.write(vr, 4, 'latin1');
      if (explicit && !longForms.includes(vr)) u16(head, 6, body.length, bigEndian);
      else u32(head, head.length - 4, body.length, bigEndian);
      return Buffer.concat([head, body]);
    }),
  );
}

/** A whole file, with preamble and the group that names the transfer syntax. */
export function file(parts: readonly Part[], syntax = '1.2.840.10008.1.2.1', writing = {}): Buffer {
  const meta = elements([[0x00020010, 'UI', syntax]]);
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), meta, elements(parts, writing)]);
}

/** The elements of an image, which `pixels` ends; others may be given, or stand in for those here. */
export function image(pixels: Part, more: readonly Part[] = []): Part[] {
  const usual: readonly Part[] = [
    [0x00080060, 'CS', 'OT'],
    [0x00280002, 'US', [1]],
    [0x00280004, 'CS', 'MONOCHROME2'],
    [0x00280010, 'US', [2]],
    [0x00280011, 'US', [2]],
    [0x00280100, 'US', [8]],
    [0x00280101, 'US', [8]],
    [0x00280102, 'US', [7]],
    [0x00280103, 'US', [0]],
  ];
  const given = new Set(more.map(([tag]) => tag));
  return [...usual.filter(([tag]) => !given.has(tag)), ...more, pixels].sort(([a], [b]) => a - b);
}

/** Encapsulated pixel data: an offset table, and fragments. */
export function fragments(parts: readonly Uint8Array[], table: readonly number[] = []): Buffer {
  const item = (bytes: Uint8Array): Buffer => {
    const head = Buffer.from('feff00e000000000', 'hex');
    head.writeUInt32LE(bytes.length, 4);
    return Buffer.concat([head, bytes]);
  };
  const offsets = Buffer.alloc(4 * table.length);
  table.forEach((offset, i) => offsets.writeUInt32LE(offset, 4 * i));
  return Buffer.concat([
    Buffer.from('e07f10004f420000ffffffff', 'hex'),
    item(offsets),
    ...parts.map(item),
    Buffer.from('feffdde000000000', 'hex'),
  ]);
}

/** A file whose pixels are encapsulated. */
export function encapsulated(syntax: string, parts: Part[], pixels: Buffer): Buffer {
  return Buffer.concat([
    file(
      parts.filter(([tag]) => tag !== 0x7fe00010),
      syntax,
    ),
    pixels,
  ]);
}

function bodyOf(vr: string, value: Part[2], writing: { explicit: boolean; bigEndian: boolean }): Buffer {
  if (typeof value === 'string') return Buffer.from(value.length % 2 === 0 ? value : `${value} `, 'latin1');
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (vr === 'SQ')
    return Buffer.concat(
      (value as readonly Part[][]).map((item) => {
        const body = elements(item, writing);
        const head = Buffer.alloc(8);
        u16(head, 0, 0xfffe, writing.bigEndian);
        u16(head, 2, 0xe000, writing.bigEndian);
        u32(head, 4, body.length, writing.bigEndian);
        return Buffer.concat([head, body]);
      }),
    );
  const numbers = value as readonly number[];
  const body = Buffer.alloc(numbers.length * (vr === 'UL' || vr === 'OF' ? 4 : 2));
  numbers.forEach((number, i) => {
    if (vr === 'OF') body.writeFloatLE(number, 4 * i);
    else if (vr === 'UL') u32(body, 4 * i, number, writing.bigEndian);
    else u16(body, 2 * i, number & 0xffff, writing.bigEndian);
  });
  return body;
}

function u16(into: Buffer, at: number, value: number, bigEndian: boolean): void {
  if (bigEndian) into.writeUInt16BE(value, at);
  else into.writeUInt16LE(value, at);
}

function u32(into: Buffer, at: number, value: number, bigEndian: boolean): void {
  if (bigEndian) into.writeUInt32BE(value, at);
  else into.writeUInt32LE(value, at);
}
