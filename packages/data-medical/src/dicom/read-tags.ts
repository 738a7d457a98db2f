import { assertThat } from '@fedward/core';
import { bytesOf, type FileSource } from '../images/file-bytes.js';
import { parseDicom } from './data-set.js';
import { dictionary, type DicomKeyword } from './dictionary.js';
import { decimalsOf, shortsOf, textOf } from './values.js';

/** All that is asked for stands there; pixels may be many, and cut short. */
const beforePixels = 0x7fdf;

/** What an element holds: text, a number, or several of them; undefined where it is empty or not there. */
export type DicomValue = string | number | readonly string[] | readonly number[] | undefined;

/**
 * Reads single elements of any DICOM object, an image or not, by keyword: those that are asked for and no others. They may
 * say who the patient is. Pixels are not looked at, and may be cut short. Text is decoded as UTF-8 where the object says so (ISO_IR 192), else as Latin-1.
 *
 * @param source a path, or bytes with a name for messages
 * @throws {FedwardError} ARGUMENT_INVALID for a keyword that is not known; FILE_NOT_FOUND; FILE_INVALID for what is no DICOM
 *   file; DATA_MALFORMED where it is damaged, or a number is none
 */
export async function readDicomTags<K extends DicomKeyword>(
  source: FileSource,
  keywords: readonly K[],
): Promise<Record<K, DicomValue>> {
  for (const keyword of keywords)
    assertThat(Object.hasOwn(dictionary, keyword), 'keywords', `there is no keyword ${keyword} that is known`);
  const { name, bytes } = await bytesOf(source);
  const { meta, dataSet } = await parseDicom(name, bytes, beforePixels);
  const encoding = textOf(dataSet.get(dictionary.SpecificCharacterSet[0])).includes('ISO_IR 192') ? 'utf-8' : 'latin1';
  const valueOf = (keyword: K): DicomValue => {
    const [tag, vr] = dictionary[keyword];
    const from = tag < 0x00030000 ? meta : dataSet;
    const values =
      vr === 'US'
        ? shortsOf(from.get(tag))
        : vr === 'DS' || vr === 'IS'
          ? decimalsOf(name, from, tag)
          : textOf(from.get(tag), encoding);
    return values.length > 1 ? values : values[0];
  };
  return Object.fromEntries(keywords.map((keyword) => [keyword, valueOf(keyword)])) as Record<K, DicomValue>;
}
