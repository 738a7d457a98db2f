import { existsSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, parse as parsePath } from 'node:path';
import { FedwardError, parseWith, type Json, type JsonObject } from '@fedward/core';
import * as z from 'zod';

/**
 * Policies by hospital: of a file for all of them (`*`), of a folder each by its file's name.
 * @throws {FedwardError} as `readYaml`; CONFIG_INVALID for a folder without policies, or with two of one hospital
 */
export async function policiesIn(path: string): Promise<Readonly<Record<string, unknown>>> {
  const { readYaml } = await import('./read-config.js');
  if (!existsSync(path) || !statSync(path).isDirectory()) return { '*': await readYaml(path, '--policy') };
  const names = (await readdir(path)).filter((name) => /\.(ya?ml|json)$/.test(name)).sort();
  const ids = names.map((name) => parsePath(name).name);
  const twice = ids.find((id, i) => ids.indexOf(id) < i);
  if (ids.length === 0) throw usage(`${path} holds no policy: HOSPITAL.yaml`);
  if (twice !== undefined) throw usage(`${path} holds two policies of ${twice}`);
  return Object.fromEntries(
    await Promise.all(names.map(async (name, i) => [ids[i]!, await readYaml(join(path, name), '--policy')] as const)),
  );
}

/** What a study declares. @throws {FedwardError} as `readYaml`; CONFIG_INVALID for what is no object of JSON */
export async function declaredIn(path: string): Promise<JsonObject> {
  const { readYaml } = await import('./read-config.js');
  return parseWith(z.record(z.string(), z.json() as z.ZodType<Json>), await readYaml(path, '--declarations'), path);
}

function usage(why: string): FedwardError {
  return new FedwardError('CONFIG_INVALID', `--policy: ${why}`, '--policy');
}
