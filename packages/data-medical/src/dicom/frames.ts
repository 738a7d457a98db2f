import { broken } from '../images/failure.js';
import type { DicomObject } from './data-set.js';
import type { ImageHeader } from './image-header.js';
import { longOf } from './values.js';

/**
 * The compressed bytes of each frame (PS3.5, section A.4). A frame may be parted among fragments; where each begins is said
 * by the offset table, or seen by the marker with which a codestream starts.
 * @throws {FedwardError} DATA_MALFORMED where there are not as many frames as the header says
 */
export function encapsulatedFrames({ name, dataSet }: DicomObject, { frames }: ImageHeader): Uint8Array[] {
  const fragments = dataSet.get(0x7fe00010)!.fragments;
  if (!fragments) throw broken(name, 'the pixels are not encapsulated, as its transfer syntax demands');
  const [table, ...parts] = fragments;
  if (!table || parts.length < frames) throw broken(name, `${frames} frames in ${parts.length} fragments`);
  if (frames === 1) return [joined(parts)];
  if (parts.length === frames) return parts;
  const starts = table.length >= 4 * frames ? startsOfTable(name, table, parts) : startsOfMarkers(parts);
  if (starts.length !== frames) throw broken(name, `${starts.length} of ${frames} frames are found`);
  return starts.map((start, i) => joined(parts.slice(start, starts[i + 1] ?? parts.length)));
}

/** Positions of the fragments that the offset table points at: offsets count from the first fragment's item tag. */
function startsOfTable(name: string, table: Uint8Array, parts: readonly Uint8Array[]): number[] {
  const positions = new Map<number, number>();
  let offset = 0;
  parts.forEach((part, i) => {
    positions.set(offset, i);
    offset += 8 + part.length;
  });
  return Array.from({ length: table.length >> 2 }, (_, i) => {
    const at = longOf({ vr: 'OB', bytes: table.subarray(4 * i, 4 * i + 4), bigEndian: false })!;
    const position = positions.get(at);
    if (position === undefined) throw broken(name, `frame ${i + 1} starts within a fragment`);
    return position;
  });
}

/** JPEG and JPEG-LS begin with FFD8, JPEG 2000 with FF4F. */
function startsOfMarkers(parts: readonly Uint8Array[]): number[] {
  return parts.flatMap((part, i) => (part[0] === 0xff && (part[1] === 0xd8 || part[1] === 0x4f) ? [i] : []));
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}
