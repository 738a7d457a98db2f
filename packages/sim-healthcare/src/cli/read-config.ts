import { readFile } from 'node:fs/promises';
import { FedwardError } from '@fedward/core';
import { parse } from 'yaml';

/**
 * Members of a training plan from a YAML or JSON file.
 * @throws {FedwardError} FILE_NOT_FOUND, or FILE_INVALID for what is not text, or neither YAML nor JSON
 */
export async function readConfig(path: string): Promise<unknown> {
  const text = await readText(path);
  try {
    if (path.endsWith('.json')) return JSON.parse(text) as unknown;
    return parse(text) as unknown;
  } catch (cause) {
    // The parser of YAML shows the place on further lines.
    const [what] = (cause as Error).message.split('\n');
    throw new FedwardError('FILE_INVALID', `--config: ${path}: ${what!.replace(/:$/, '')}`, path, { cause });
  }
}

async function readText(path: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new FedwardError('FILE_NOT_FOUND', `--config: can't read ${path}: ${(cause as Error).message}`, path, {
      cause,
    });
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    // A parser quotes what it stumbles over: what would upset a terminal must not get that far.
    // eslint-disable-next-line no-control-regex
    if (/[\0-\x08\x0e-\x1f\x7f-\x9f]/.test(text)) throw new Error('it holds control characters');
    return text;
  } catch (cause) {
    throw new FedwardError('FILE_INVALID', `--config: ${path} is not a text file (UTF-8)`, path, { cause });
  }
}
