import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CopiedFile, RunFile } from '@fedward/compliance';
import { isDraft } from '@fedward/kit-files';
import * as z from 'zod';
import { cardFiles } from '../cards/files.js';

/** All files of a run's folder, by their path in it with slashes, in order. Links are not followed. */
export async function keptFiles(directory: string): Promise<RunFile[]> {
  const files: RunFile[] = [];
  const walk = async (folder: string): Promise<void> => {
    for (const entry of await readdir(join(directory, folder), { withFileTypes: true })) {
      const file = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) await walk(file);
      else if (entry.isFile() && !isDraft(entry.name))
        files.push({ file, bytes: (await stat(join(directory, file))).size });
    }
  };
  await walk('');
  return files.sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** What goes into a pack as it is, under which name: none of it holds more than the run's log vouches for. */
export async function copiedFiles(directory: string, kept: readonly RunFile[]): Promise<CopiedFile[]> {
  const there = (file: string): boolean => existsSync(join(directory, file));
  const named = ['keys.txt'].filter(there);
  const cards = cardFiles.filter(there).map((file) => [file, `cards/${file}`] as const);
  const certificates = kept.map(({ file }) => file).filter((file) => /^certificates\/[^/]+\.json$/.test(file));
  const heads = kept.map(({ file }) => file).filter((file) => /(^|\/)audit\/checkpoint$/.test(file));
  const approvals = kept.map(({ file }) => file).filter((file) => /^approvals\/[^/]+\.approval$/.test(file));
  const copied = [...named, ...certificates, ...approvals].map((file) => [file, file] as const);
  const renamed = heads.map(
    (file) => [file, `checkpoints/${file.split('/').slice(0, -2).at(-1) ?? 'coordinator'}.txt`] as const,
  );
  const copies = await Promise.all(
    [...copied, ...cards, ...renamed].map(async ([from, file]) => ({
      file,
      content: await readFile(join(directory, from)),
    })),
  );
  const outcomes = there('check.json') ? outcomesIn(await readFile(join(directory, 'check.json'), 'utf8')) : undefined;
  return outcomes === undefined ? copies : [...copies, { file: 'check-outcomes.json', content: Buffer.from(outcomes) }];
}

const reportSchema = z.object({
  planHash: z.string(),
  date: z.string(),
  digest: z.string(),
  rules: z.array(
    z.object({
      ...{ id: z.string(), citation: z.string(), title: z.string(), version: z.string(), outcome: z.string() },
      ...{ looked: z.string(), doesNotShow: z.string() },
    }),
  ),
});

/** Of the checks before a run rule by rule what each came to. The evidence counts cells, which are facts about patients: it stays. */
function outcomesIn(text: string): string | undefined {
  try {
    const { digest: report, ...told } = reportSchema.parse(JSON.parse(text));
    return `${JSON.stringify({ report, ...told }, null, 2)}\n`;
  } catch {
    return undefined; // `audit verify` names it
  }
}
