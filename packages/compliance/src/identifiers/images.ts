import type { IdentifierFinding } from './categories.js';
import { wordsOf } from './column-names.js';

const faces = /\b(?:face|facial|portrait|photo|photograph|head ?shot|selfie|avatar)s?\b/;

/**
 * What a column of pictures may be. By its name it is faces, or nothing tells; pictures in colour are for a person to look at,
 * grey ones are taken for those of scanners and microscopes.
 * @param shape [height, width, channels] of a picture
 */
export function findingOfImages(
  name: string,
  shape: readonly number[],
  pictures: number,
): IdentifierFinding | undefined {
  const named = faces.test(wordsOf(name));
  const colours = shape[2] ?? 1;
  if (!named && colours < 3) return undefined;
  const common = { column: name, category: 'Q', cells: pictures, of: pictures } as const;
  return named
    ? {
        ...common,
        detector: 'images-of-faces',
        pattern: 'pictures in a column named as faces',
        by: 'name',
        certain: true,
      }
    : { ...common, detector: 'images-in-colour', pattern: 'pictures in colour', by: 'values', certain: false };
}
