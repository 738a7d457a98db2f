import { inflateRaw } from 'node:zlib';
import { promisify } from 'node:util';
import { broken, mostValues, refused } from '../images/failure.js';
import { ElementReader, isValueRepresentation, type DataSet, type Writing } from './elements.js';
import {
  explicitBigEndian,
  explicitLittleEndian,
  implicitLittleEndian,
  transferSyntax,
  type TransferSyntax,
} from './transfer-syntaxes.js';
import { textOf } from './values.js';

/** A DICOM object in memory. */
export interface DicomObject {
  readonly name: string;
  /** Group 0002; empty where the file has none. */
  readonly meta: DataSet;
  readonly dataSet: DataSet;
  readonly syntax: TransferSyntax;
}

const prefixAt = 128;
const transferSyntaxUid = 0x00020010;
const littleEndian: Writing = { explicit: true, bigEndian: false };

/**
 * The elements of a file (PS3.10). Files without preamble, or without the group that says how they are written, are read
 * too: as their first element is written.
 *
 * @param lastGroup what comes after it is not looked at
 * @throws {FedwardError} FILE_INVALID for what is no DICOM file; DATA_MALFORMED where it is damaged
 */
export async function parseDicom(name: string, bytes: Uint8Array, lastGroup = 0xffff): Promise<DicomObject> {
  const text = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  const start = text(prefixAt, prefixAt + 4) === 'DICM' ? prefixAt + 4 : 0;
  const reader = new ElementReader(name, bytes, start);
  const hasMeta = bytes[start] === 2 && bytes[start + 1] === 0;
  const meta: DataSet = hasMeta ? reader.dataSet(littleEndian, (group) => group === 2) : new Map<number, never>();
  // Where the front of a file was cut off, one byte of it may be left.
  if (!hasMeta && start === 0 && !syntaxOf(bytes) && syntaxOf(bytes.subarray(1))) reader.offset = 1;
  const uid = textOf(meta.get(transferSyntaxUid))[0] ?? syntaxOf(bytes.subarray(reader.offset));
  if (uid === undefined) throw refused(name, 'this is no DICOM file');
  if (!/^[0-9.]{1,64}$/.test(uid)) throw broken(name, 'the transfer syntax is no UID');
  const syntax = transferSyntax(uid);
  const wanted = (group: number): boolean => group <= lastGroup;
  if (!syntax.deflated) return { name, meta, syntax, dataSet: reader.dataSet(syntax, wanted) };
  const inflated = await promisify(inflateRaw)(bytes.subarray(reader.offset), { maxOutputLength: mostValues }).catch(
    (cause: unknown) => {
      throw broken(name, `the deflated data set is damaged, cut short, or has more than ${mostValues} bytes`, cause);
    },
  );
  return { name, meta, syntax, dataSet: new ElementReader(name, inflated).dataSet(syntax, wanted) };
}

/** By the first element, which is of group 0008 in every object that has no group 0002. */
function syntaxOf(bytes: Uint8Array): string | undefined {
  if (bytes.length < 8) return undefined;
  if (bytes[0] === 0 && bytes[1] === 8) return explicitBigEndian;
  if (bytes[0] !== 8 || bytes[1] !== 0) return undefined;
  return isValueRepresentation(String.fromCharCode(bytes[4]!, bytes[5]!)) ? explicitLittleEndian : implicitLittleEndian;
}
