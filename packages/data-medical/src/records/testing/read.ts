import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { RecordSource } from '../source.js';

/** All cells of a source by the names of their columns, its remarks and its counts. */
export async function readAll(opening: Promise<RecordSource>) {
  const source = await opening;
  const rows: Record<string, string>[] = [];
  try {
    for await (const batch of source.rows)
      for (const { fields } of batch) rows.push(Object.fromEntries(source.names.map((name, i) => [name, fields[i]!])));
  } finally {
    await source.close();
  }
  return { rows, remarks: source.remarks(), counts: source.counts(), notes: source.notes, files: source.files };
}

/** A new folder, gone after the test, with files of these contents: text as it is, anything else as JSON, a list as NDJSON. */
export async function folderOf(files: Readonly<Record<string, unknown>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fedward-records-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    const text =
      typeof content === 'string'
        ? content
        : Array.isArray(content)
          ? content.map((line) => `${JSON.stringify(line)}\n`).join('')
          : JSON.stringify(content);
    await writeFile(join(folder, name), text);
  }
  return folder;
}
