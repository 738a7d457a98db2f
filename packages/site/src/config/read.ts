import { join, resolve } from 'node:path';
import { FedwardError, hasCode, parseWith, wordsOf } from '@fedward/core';
import { parseSitePolicy, type SitePolicyRules } from '@fedward/compliance';
import { readBytes } from '@fedward/kit-files';
import { parse } from 'yaml';
import * as z from 'zod';
import { configName } from './files.js';
import { defaultPolicy } from './policy.js';
import { parseSiteConfig, type SiteConfig } from './schema.js';

const mostBytes = 2 ** 20;

/**
 * What the site of a folder is to do.
 * @throws {FedwardError} FILE_NOT_FOUND, saying how one is made; FILE_INVALID for what is no YAML; CONFIG_INVALID naming the key
 */
export async function readSiteConfig(folder: string): Promise<SiteConfig> {
  const path = join(resolve(folder), configName);
  return parseSiteConfig(await yamlIn(path, `there is no site in ${folder}: \`fedward site init\` makes one`), path);
}

/**
 * The hospital's own rules: those of its file, or in its configuration, or the usual ones. Who must approve a plan is in them.
 * @throws {FedwardError} FILE_NOT_FOUND, FILE_INVALID; CONFIG_INVALID naming the key
 */
export async function readPolicy(folder: string, { policy, approvals, noise }: SiteConfig): Promise<SitePolicyRules> {
  const path = typeof policy === 'string' ? resolve(folder, policy) : undefined;
  const rules =
    path === undefined
      ? ((policy as SitePolicyRules | undefined) ?? defaultPolicy(noise))
      : parseSitePolicy(await yamlIn(path, 'site.yaml names it as `policy`'), path);
  if (approvals === 'by-hand') return rules;
  if (rules.approvals)
    throw new FedwardError('CONFIG_INVALID', 'who approves is said twice: in `approvals` and in `policy`', 'approvals');
  return parseSitePolicy({ ...rules, approvals }, path ?? 'policy');
}

async function yamlIn(path: string, why: string): Promise<unknown> {
  const bytes = await readBytes(path, { mostBytes }).catch((error: unknown) => {
    if (!hasCode(error, 'FILE_NOT_FOUND')) throw error;
    throw new FedwardError('FILE_NOT_FOUND', `can't read ${path}; ${why}`, path, { cause: error });
  });
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    // Parsers differ in what they do with `__proto__`: before anything else looks.
    return parseWith(z.unknown(), parse(text), path);
  } catch (cause) {
    const [first = ''] = wordsOf(cause).split('\n');
    throw new FedwardError('FILE_INVALID', `${path}: ${first.replace(/:$/, '')}`, path, { cause });
  }
}
