import { join } from 'node:path';
import { FedwardError, isFedwardError } from '@fedward/core';
import { readBytes, readTextIfThere } from '@fedward/kit-files';
import type { Verifier } from '@fedward/kit-keys';
import { openRequest, type EnrolmentRequest } from '@fedward/transport-nats';
import type { CoordinatorConfig } from '../config/read.js';
import { jsonFilesIn } from './roster.js';

const suffix = '.request.json';

/** A hospital's request, opened. */
export interface FoundRequest {
  readonly path: string;
  readonly request: EnrolmentRequest;
  readonly site: Verifier;
}

/** Where a request waits that was brought here. */
export function requestPath({ paths }: CoordinatorConfig, site: string): string {
  return join(paths.requests, `${site}${suffix}`);
}

/**
 * @param named a file, or the id of a hospital whose request is in the folder `requests`
 * @param coordinator verifier key of this coordinator
 * @throws {FedwardError} FILE_NOT_FOUND, and as `openRequest`; FILE_INVALID for a request to another coordinator,
 *   and for one of another hospital than its file is named after
 */
export async function readRequest(
  config: CoordinatorConfig,
  named: string,
  coordinator: string,
): Promise<FoundRequest> {
  const waiting = requestPath(config, named);
  const path = !/[/\\.]/.test(named) && (await readTextIfThere(waiting)) !== undefined ? waiting : named;
  const text = new TextDecoder().decode(await readBytes(path, { mostBytes: 2 ** 20 }));
  const opened = openRequest(text, path);
  const { federation, coordinator: asked } = opened.request;
  if (federation !== config.federation || asked !== coordinator)
    throw new FedwardError(
      'FILE_INVALID',
      `${path} asks another coordinator than this one of ${config.federation}: it was made by an invite of ${federation}`,
      path,
    );
  if (path === waiting && opened.request.site !== named)
    throw new FedwardError('FILE_INVALID', `${path} asks for ${opened.request.site}, and not for ${named}`, path);
  return { path, ...opened };
}

/** Those that wait in the folder `requests`, or why they can't be read. */
export async function waitingRequests(
  config: CoordinatorConfig,
  coordinator: string,
): Promise<(FoundRequest | { readonly path: string; readonly fault: string })[]> {
  const found: (FoundRequest | { path: string; fault: string })[] = [];
  for (const name of (await jsonFilesIn(config.paths.requests)).filter((each) => each.endsWith(suffix))) {
    const path = join(config.paths.requests, name);
    try {
      found.push(await readRequest(config, path, coordinator));
    } catch (error) {
      if (!isFedwardError(error)) throw error;
      found.push({ path, fault: error.message });
    }
  }
  return found;
}
