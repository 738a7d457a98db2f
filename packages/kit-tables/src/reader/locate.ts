import { FedwardError } from '@fedward/core';

/**
 * Where the wanted columns are. The names found stay unsaid: a file without a header has a patient there.
 *
 * @param file for messages
 * @returns [wanted]: positions among the names
 * @throws {FedwardError} DATA_MALFORMED naming those that are not there
 */
export function locate(wanted: readonly string[], names: readonly string[], file: string): number[] {
  const positions = new Map(names.map((name, i) => [name, i]));
  const absent = wanted.filter((name) => !positions.has(name));
  if (absent.length === 0) return wanted.map((name) => positions.get(name)!);
  const loose = (name: string) => name.toLowerCase().replace(/[\s_-]/g, '');
  const similar = absent.find((name) => names.some((found) => loose(found) === loose(name)));
  throw new FedwardError(
    'DATA_MALFORMED',
    `${file}: no column is named ${absent.map((name) => `"${name}"`).join(', ')} (it has ${names.length} columns` +
      `${similar === undefined ? '' : `; one is named as "${similar}" but for spaces or upper and lower case`})`,
    absent[0],
  );
}
