import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { ColumnMetaData, Compressors, PageHeader, SchemaElement } from 'hyparquet';
import { compressors, decompressZstd } from 'hyparquet-compressors';
import { assembleNested } from 'hyparquet/src/assemble.js';
import { parquetHeader, readPage } from 'hyparquet/src/column.js';
import { convert } from 'hyparquet/src/convert.js';
import { decompressPage } from 'hyparquet/src/datapage.js';
import { getMaxDefinitionLevel, getMaxRepetitionLevel } from 'hyparquet/src/schema.js';
import { checkPage, isCount } from './check-page.js';
import type { ParquetColumn } from './columns.js';
import { plainParsers } from './file.js';

/** Bytes of one page when it is not compressed. Programs write 1 MiB; a page with one long text is larger. */
const mostPageBytes = 256 * 2 ** 20;

/** Those of zlib are of the system; the others are told how much room there is. */
const bounded: Compressors = {
  ...compressors,
  GZIP: (input, length) => gunzipSync(input, { maxOutputLength: Math.max(1, length) }),
  BROTLI: (input, length) => brotliDecompressSync(input, { maxOutputLength: Math.max(1, length) }),
  ZSTD: (input, length) => decompressZstd(input, new Uint8Array(length)),
};

type Decoder = Parameters<typeof readPage>[2];

/**
 * The values of one column in one row group, as they are stored: null for none. Lists as arrays.
 *
 * @param bytes of the chunk
 * @param rows of the row group
 * @throws {Error} for what is damaged; without its place, and without what it holds
 */
export function readChunk(
  bytes: Uint8Array,
  meta: ColumnMetaData,
  column: ParquetColumn,
  rows: number,
): ArrayLike<unknown> {
  const { decoder, maxDefinition, maxRepetition, plain } = decoderOf(meta, column);
  const isFlat = column.text !== undefined;
  const mostValues = Number(meta.num_values);
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), offset: 0 };
  const chunks: ArrayLike<unknown>[] = [];
  let dictionary: ReturnType<typeof convert> | undefined;
  let last: ReturnType<typeof convert> | undefined;
  let values = 0;
  while (values < mostValues) {
    const header = parquetHeader(reader);
    const { page, header: unpacked } = unpack(header, bytes, reader.offset, meta);
    reader.offset += header.compressed_page_size;
    checkPage(page, unpacked, {
      type: plain.type,
      typeLength: plain.type_length,
      maxDefinition,
      maxRepetition,
      dictionary: dictionary?.length,
    });
    const pageReader = { view: new DataView(page.buffer, page.byteOffset, page.length), offset: 0 };
    if (header.type === 'DICTIONARY_PAGE') {
      const { data } = readPage(pageReader, unpacked, decoder, undefined, undefined, 0);
      dictionary = convert(data ?? [], decoder);
      continue;
    }
    const count = header.data_page_header?.num_values ?? header.data_page_header_v2?.num_values;
    if (!isCount(count) || count === 0 || values + count > mostValues) throw new Error('more values than it says');
    values += count;
    const { data } = readPage(pageReader, unpacked, decoder, dictionary, isFlat ? undefined : last, 0);
    if (data && data !== last) {
      chunks.push(data);
      last = data;
    }
  }
  const found = isFlat ? chunks : lists(chunks, column);
  const total = found.reduce((sum, chunk) => sum + chunk.length, 0);
  if (total !== rows) throw new Error('another number of values than of rows');
  return found.length === 1 ? found[0]! : new Chunked(found).toArray(total);
}

/** What a page needs to be decoded, with the logical type taken away: `cells.ts` goes by that. */
function decoderOf(meta: ColumnMetaData, { path, key }: ParquetColumn) {
  const { element } = path.at(-1)!;
  const plain: SchemaElement = { ...element };
  delete plain.converted_type;
  delete plain.logical_type;
  if (meta.type !== plain.type || meta.path_in_schema.join('.') !== key) throw new Error('a chunk of another column');
  const schemaPath = [...path.slice(0, -1), { ...path.at(-1)!, element: plain }];
  const decoder = {
    ...meta,
    codec: 'UNCOMPRESSED',
    pathInSchema: meta.path_in_schema,
    element: plain,
    schemaPath,
    parsers: plainParsers,
    utf8: false,
  } as unknown as Decoder;
  return {
    decoder,
    plain,
    maxDefinition: getMaxDefinitionLevel(schemaPath),
    maxRepetition: getMaxRepetitionLevel(schemaPath),
  };
}

/** A page that is not compressed, and a header that says so. */
function unpack(header: PageHeader, bytes: Uint8Array, at: number, { codec }: ColumnMetaData) {
  const { compressed_page_size: packed, uncompressed_page_size: size, data_page_header_v2: second } = header;
  if (!isCount(packed) || !isCount(size) || at + packed > bytes.length) throw new Error('a page that is cut');
  if (size > mostPageBytes) throw new Error(`a page of ${size} bytes, and ${mostPageBytes} are the most`);
  const input = bytes.subarray(at, at + packed);
  let page: Uint8Array;
  if (second) {
    const levels = second.definition_levels_byte_length + second.repetition_levels_byte_length;
    if (!isCount(levels) || levels > packed || levels > size) throw new Error('levels');
    const rest = input.subarray(levels);
    const values =
      second.is_compressed === false || size === levels ? rest : decompressPage(rest, size - levels, codec, bounded);
    page = new Uint8Array(levels + values.length);
    page.set(input.subarray(0, levels));
    page.set(values, levels);
  } else page = codec === 'UNCOMPRESSED' ? input : decompressPage(input, size, codec, bounded);
  // Numbers are looked at in place, which asks for a buffer that ends where the page does.
  const own = page.slice();
  return {
    page: own,
    header: {
      ...header,
      compressed_page_size: own.length,
      uncompressed_page_size: own.length,
      ...(second && { data_page_header_v2: { ...second, is_compressed: false } }),
    },
  };
}

function lists(chunks: readonly ArrayLike<unknown>[], { tree, key }: ParquetColumn): ArrayLike<unknown>[] {
  return chunks.map((chunk) => {
    const byPath = new Map<string, unknown[]>([[key, chunk as unknown[]]]);
    if (tree.children.length > 0) assembleNested(byPath, tree, plainParsers);
    return byPath.get(tree.path.join('.')) ?? [];
  });
}

/** Values of several pages. */
class Chunked {
  constructor(private readonly chunks: readonly ArrayLike<unknown>[]) {}

  toArray(length: number): unknown[] {
    const values = new Array<unknown>(length);
    let at = 0;
    for (const chunk of this.chunks) for (let i = 0; i < chunk.length; i++) values[at++] = chunk[i];
    return values;
  }
}
