import { broken } from '../images/failure.js';
import { tagName, type DataSet, type Element } from './elements.js';

/** The values of an element of text, parted at backslashes, without padding; none where it is empty or not there. */
export function textOf(element: Element | undefined, encoding = 'latin1'): string[] {
  if (!element || element.bytes.length === 0) return [];
  return new TextDecoder(encoding)
    .decode(element.bytes)
    .split('\\')
    .map((value) => value.replaceAll('\0', '').trim());
}

/** The numbers of an element of decimal text (DS, IS). @throws {FedwardError} DATA_MALFORMED where one is none */
export function decimalsOf(name: string, dataSet: DataSet, tag: number): number[] {
  const texts = textOf(dataSet.get(tag)).filter((value) => value !== '');
  return texts.map((value) => {
    const number = Number(value);
    if (!Number.isFinite(number)) throw broken(name, `element ${tagName(tag)} is not a number`);
    return number;
  });
}

/** Of one number. */
export function decimalOf(name: string, dataSet: DataSet, tag: number): number | undefined {
  return decimalsOf(name, dataSet, tag)[0];
}

/** The 16-bit numbers of an element (US, SS, OW). */
export function shortsOf(element: Element | undefined, signed = false): number[] {
  if (!element) return [];
  const { bytes, bigEndian } = element;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length >> 1 }, (_, i) =>
    signed ? view.getInt16(2 * i, !bigEndian) : view.getUint16(2 * i, !bigEndian),
  );
}

/** One of 32 bits (UL). */
export function longOf(element: Element | undefined): number | undefined {
  if (!element || element.bytes.length < 4) return undefined;
  return new DataView(element.bytes.buffer, element.bytes.byteOffset, 4).getUint32(0, !element.bigEndian);
}

/** Numbers of 32 or 64 bits with a point (FL, FD, OF, OD). */
export function floatsOf({ bytes, bigEndian }: Element, size: 4 | 8): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, i) =>
    size === 4 ? view.getFloat32(4 * i, !bigEndian) : view.getFloat64(8 * i, !bigEndian),
  );
}
