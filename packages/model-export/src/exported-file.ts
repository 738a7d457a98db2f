/** One file of an export of several, by its name within their folder. */
export interface ExportedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const encoder = new TextEncoder();

/** A file of JSON. */
export function jsonFile(name: string, value: unknown): ExportedFile {
  return { name, bytes: encoder.encode(JSON.stringify(value, null, 2) + '\n') };
}
