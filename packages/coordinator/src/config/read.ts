import { resolve } from 'node:path';
import { FedwardError, hasCode } from '@fedward/core';
import { readBytes } from '@fedward/kit-files';
import { parse } from 'yaml';
import { coordinatorPaths, type CoordinatorPaths } from './paths.js';
import { parseCoordinator, type CoordinatorSettings } from './schema.js';

/** A coordinator: what its file says, and where what it keeps is. */
export interface CoordinatorConfig extends CoordinatorSettings {
  readonly paths: CoordinatorPaths;
}

/** Which folder is meant where none is named. */
export function coordinatorFolder(folder: string | undefined): string {
  const named = folder ?? process.env['FEDWARD_COORDINATOR'];
  if (named) return resolve(named);
  throw new FedwardError(
    'CONFIG_INVALID',
    'name the folder of the coordinator by --folder or FEDWARD_COORDINATOR',
    'folder',
  );
}

/**
 * `coordinator.yaml` of a coordinator's folder.
 * @throws {FedwardError} FILE_NOT_FOUND saying how a coordinator is made; FILE_INVALID, CONFIG_INVALID naming the key
 */
export async function readCoordinatorConfig(folder: string): Promise<CoordinatorConfig> {
  const paths = coordinatorPaths(resolve(folder));
  const bytes = await readBytes(paths.config, { mostBytes: 2 ** 20 }).catch((cause: unknown) => {
    if (!hasCode(cause, 'FILE_NOT_FOUND')) throw cause;
    throw new FedwardError(
      'FILE_NOT_FOUND',
      `${paths.folder} is no coordinator's folder: make one by fedward coordinator init --folder ${paths.folder}`,
      paths.config,
      { cause },
    );
  });
  return { ...parseCoordinator(parsed(new TextDecoder().decode(bytes), paths.config), paths.config), paths };
}

function parsed(text: string, path: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    throw new FedwardError('FILE_INVALID', `${path} is not YAML: ${(cause as Error).message}`, path, { cause });
  }
}
