import { FedwardError, parseWith, type Json } from '@fedward/core';
import { readBytes } from '@fedward/kit-files';
import * as z from 'zod';
import { parse } from 'yaml';

/**
 * Members of a training plan from a YAML or JSON file, or what else a person writes in one.
 * @param option that named it, for messages
 * @throws {FedwardError} FILE_NOT_FOUND; FILE_INVALID for what can't be read, is too large, is not text, or neither YAML
 *   nor JSON; CONFIG_INVALID for what no plan has (see `parseWith`)
 */
export async function readConfig(path: string): Promise<unknown> {
  return readYaml(path, '--config');
}

/**
 * What a YAML or JSON file says.
 * @param option by which it was named
 * @throws {FedwardError} as `readConfig`
 */
export async function readYaml(path: string, option: string): Promise<unknown> {
  const value = parsed(textOf(await readBytes(path, { option }), path, option), path, option);
  return parseWith(z.unknown(), value, path); // parsers differ in what they do with `__proto__`: before anything else looks
}

/**
 * A value of `--set`, or several of `--choose` in brackets.
 * @throws {FedwardError} CONFIG_INVALID naming the key, for what is no YAML
 */
export function valueOf(key: string, text: string, option = '--set'): Json {
  try {
    return parseWith(z.json(), text === '' ? '' : parse(text), `${option} ${key}`);
  } catch (cause) {
    const [why] = (cause as Error).message.split('\n');
    throw new FedwardError('CONFIG_INVALID', `${option} ${key}: ${why!.replace(/:$/, '')}`, key, { cause });
  }
}

function parsed(text: string, path: string, option: string): unknown {
  try {
    // Its aliases are counted by the parser, which refuses more than a hundred copies of anything.
    return path.endsWith('.json') ? (JSON.parse(text) as unknown) : (parse(text) as unknown);
  } catch (cause) {
    // The parser of YAML shows the place on further lines, and goes down into nested data by calls.
    const [what] = (cause as Error).message.split('\n');
    const why = what!.includes('call stack') ? 'it is nested too deeply' : what!.replace(/:$/, '');
    throw new FedwardError('FILE_INVALID', `${option}: ${path}: ${why}`, path, { cause });
  }
}

function textOf(bytes: Uint8Array, path: string, option: string): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    // What holds these is a program or a picture, and no parser says so as clearly.
    // eslint-disable-next-line no-control-regex
    if (/[\0-\x08\x0e-\x1f\x7f-\x9f]/.test(text)) throw new Error('it holds control characters');
    return text;
  } catch (cause) {
    throw new FedwardError('FILE_INVALID', `${option}: ${path} is not a text file (UTF-8)`, path, { cause });
  }
}
