import { FedwardError, didYouMean } from '@fedward/core';
import { partNames, parts, type PackPart } from './documents/index.js';
import type { PackFacts } from './facts.js';
import { indexOf, indexPage } from './index-page.js';
import { manifestOf } from './manifest.js';
import { documentOf, type Draft, type PackDocument } from './statement.js';
import { markdownOf } from './text.js';

/** Files by their path in the pack, with slashes. */
export type PackFiles = ReadonlyMap<string, Uint8Array>;

/**
 * One part of a pack.
 * @throws {FedwardError} CONFIG_INVALID for a part that there is not
 */
export function packDocument(name: string, facts: PackFacts): PackDocument {
  return documentOf(facts.run.runId, draftOf(name, facts));
}

function draftOf(name: string, facts: PackFacts): Draft {
  if (Object.hasOwn(parts, name)) return parts[name as PackPart](facts);
  const message = `there is no part ${name}; there are ${partNames.join(', ')}${didYouMean(name, partNames)}`;
  throw new FedwardError('CONFIG_INVALID', message, name);
}

/**
 * The evidence of a run as files: each part as Markdown and JSON, what goes with it, an index, and a manifest with the digest
 * of each. Equal facts give equal bytes.
 */
export function renderPack(facts: PackFacts): PackFiles {
  const files = new Map<string, Uint8Array>();
  const put = (file: string, content: Uint8Array | string): void => {
    files.set(file, typeof content === 'string' ? Buffer.from(content) : content);
  };
  const documents = partNames.map((name) => {
    const draft = draftOf(name, facts);
    for (const { file, content } of draft.attachments ?? []) put(file, content);
    return documentOf(facts.run.runId, draft);
  });
  for (const document of documents) {
    put(`${document.name}.json`, jsonText(document));
    put(`${document.name}.md`, markdownOf(document));
  }
  const { runId, planHash, ok } = facts.run;
  const index = indexOf(documents, { runId, planHash, ok });
  put('index.json', jsonText(index));
  put('index.html', indexPage(index));
  put('manifest.json', jsonText(manifestOf(files, { runId, planHash })));
  return files;
}

function jsonText(value: unknown): string {
  return JSON.stringify(value, null, 2) + '\n';
}
