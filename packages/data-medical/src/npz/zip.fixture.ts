import { crc32, deflateRawSync } from 'node:zlib';

/** A file to be put into an archive, and what the archive says of it where that is a lie. */
export interface FixtureEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly store?: boolean;
  readonly says?: { readonly size?: number; readonly compressed?: number; readonly crc?: number };
  readonly flags?: number;
  readonly method?: number;
}

/** A ZIP archive (APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16) that may lie. */
export function zipOf(entries: readonly FixtureEntry[]): Uint8Array {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, bytes, store = false, says = {}, flags = 0, method = store ? 0 : 8 } of entries) {
    const data = store ? bytes : deflateRawSync(bytes, { level: 9 });
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(method, 4);
    common.writeUInt32LE(says.crc ?? crc32(bytes), 10);
    common.writeUInt32LE(says.compressed ?? data.length, 14);
    common.writeUInt32LE(says.size ?? bytes.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name), data]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0', 'latin1'), common, rest, Buffer.from(name)]));
    locals.push(local);
    at += local.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(listing.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, listing, end]);
}

/** An array of NumPy, version 1.0 of its format. */
export function npyOf(descr: string, shape: readonly number[], data: Uint8Array, fortran = false): Uint8Array {
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${shape.map((n) => `${n},`).join(' ')}), }`;
  return npyWithHeader(text, data);
}

export function npyWithHeader(text: string, data: Uint8Array, version = 1): Uint8Array {
  const header = Buffer.from(text.padEnd(text.length + 64 - ((text.length + 11) % 64)) + '\n', 'latin1');
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  if (version === 1) length.writeUInt16LE(header.length);
  else length.writeUInt32LE(header.length);
  return Buffer.concat([Buffer.from('\x93NUMPY', 'latin1'), Uint8Array.of(version, 0), length, header, data]);
}
