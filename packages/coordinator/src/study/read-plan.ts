import { parseAnyPlan, sha256, type JsonObject, type Plan } from '@fedward/core';
import { FedwardError } from '@fedward/core';
import { readBytes } from '@fedward/kit-files';
import { parse } from 'yaml';

/** A file of JSON or YAML, which holds JSON. @throws {FedwardError} FILE_NOT_FOUND, FILE_INVALID */
export async function readDocument(path: string, option: string): Promise<unknown> {
  const text = new TextDecoder().decode(await readBytes(path, { option }));
  try {
    return parse(text) as unknown;
  } catch (cause) {
    const why = (cause as Error).message;
    throw new FedwardError('FILE_INVALID', `${option}: ${path} is neither JSON nor YAML: ${why}`, path, { cause });
  }
}

/** A plan, or that of a simulation's plan.json. @throws {FedwardError} as `readDocument` and `parseAnyPlan` */
export async function readPlan(path: string): Promise<Plan> {
  const document = await readDocument(path, '--plan');
  const { plan, simulation } = Object(document) as { readonly plan?: unknown; readonly simulation?: unknown };
  return parseAnyPlan(simulation === undefined ? document : plan, path);
}

/** @throws {FedwardError} FILE_INVALID for what is no object */
export async function readDeclarations(path: string): Promise<JsonObject> {
  const document = await readDocument(path, '--declarations');
  if (typeof document === 'object' && document !== null && !Array.isArray(document)) return document as JsonObject;
  throw new FedwardError('FILE_INVALID', `--declarations: ${path} holds no object`, path);
}

/** Weights to start from, and their digest as hospitals approve it. */
export async function readWeights(path: string): Promise<{ readonly digest: string; readonly base64: string }> {
  const bytes = await readBytes(path, { option: '--initial', mostBytes: 11 * 2 ** 20 });
  return { digest: `sha256:${sha256(bytes)}`, base64: Buffer.from(bytes).toString('base64') };
}

/** An id for a study of this name: what of it can stand in a file's name, with the digest's first digits. */
export function idFor(name: string, planHash: string): string {
  const words = name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  return `${words || 'study'}-${planHash.slice(7, 13)}`.toLowerCase();
}
