import { hmacSha256 } from './hmac.js';

/** Records that a keyed rule is asked about: of a table as it was read, or a data set. */
export interface Identified {
  readonly name: string;
  readonly count: number;
  /** Whose each is. Without them a record stands for itself. */
  readonly patientIds?: readonly string[] | undefined;
  /** The content of one record, label included: records that are equal in it stay together. */
  content(row: number): Float64Array;
}

/**
 * A number in [0, 1) for each record: HMAC-SHA256 of the patient's id (of the record's content where there are none) under
 * the key. It hangs on that patient and the key alone, and all records of a patient have the same.
 *
 * @param key not empty
 * @param purpose keeps apart what is drawn for different ends under one key; none by default
 */
export function keyedPositions(
  { count, patientIds, content }: Identified,
  key: string | Uint8Array,
  purpose = '',
): number[] {
  const position = keyedPosition(key, purpose);
  if (!patientIds) return Array.from({ length: count }, (_, row) => position.ofRecord(content(row)));
  const known = new Map<string, number>();
  return patientIds.map((id) => {
    const found = known.get(id) ?? position.ofPatient(id);
    known.set(id, found);
    return found;
  });
}

/** The same of one at a time. @param key not empty */
export function keyedPosition(key: string | Uint8Array, purpose = '') {
  const hmac = hmacSha256(key);
  const bytesOf = toBytes();
  return {
    ofPatient: (id: string): number => hmac(`${purpose}patient:`, id) / 2 ** 48,
    ofRecord: (content: Float64Array): number => hmac(`${purpose}record:`, bytesOf(content)) / 2 ** 48,
  };
}

/** The content of a record of a data set: features, and after them the label. */
export function contentOf({
  count,
  features,
  labels,
}: {
  readonly count: number;
  readonly features: ArrayLike<number>;
  readonly labels: ArrayLike<number>;
}): (row: number) => Float64Array {
  const width = features.length / count;
  return (row) => {
    const own = new Float64Array(width + 1);
    for (let i = 0; i < width; i++) own[i] = features[row * width + i]!;
    own[width] = labels[row]!;
    return own;
  };
}

/** Records as bytes, -0 as 0: equal numbers, equal bytes. Those of one record are to be read before the next. */
function toBytes(): (content: Float64Array) => Uint8Array {
  let bytes = new Uint8Array(0);
  let view = new DataView(bytes.buffer);
  return (content) => {
    if (bytes.byteLength !== content.byteLength) {
      bytes = new Uint8Array(content.byteLength);
      view = new DataView(bytes.buffer);
    }
    for (let i = 0; i < content.length; i++) view.setFloat64(8 * i, content[i]! + 0); // -0 + 0 is 0
    return bytes;
  };
}
