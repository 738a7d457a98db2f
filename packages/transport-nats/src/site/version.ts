import { FedwardError, version, worksWith } from '@fedward/core';

/**
 * That a coordinator's fedward and this hospital's work with each other; the coordinator looks at the hospital's likewise.
 * @param asking what the coordinator says that it runs; undefined for an older one, which says nothing
 * @param own Default: of this fedward
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming both
 */
export function assertVersion(asking: string | undefined, id: string, own = version): void {
  if (asking === undefined || worksWith(asking, own)) return;
  throw new FedwardError(
    'CONFIG_INCOMPATIBLE',
    `the coordinator runs fedward ${asking}, ${id} ${own}: they may be one minor version apart. Install one that is closer`,
    id,
  );
}
