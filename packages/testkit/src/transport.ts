import type { Client, Transport } from '@fedward/core';
import { abortChecks } from './transport/abort.js';
import { deliveryChecks, directoryChecks } from './transport/delivery.js';
import { errorChecks } from './transport/errors.js';
import { isolationChecks } from './transport/isolation.js';
import { messageChecks } from './transport/messages.js';
import { defineSuite, type ComplianceSuite } from './suite.js';

/** What the suite needs to know of a transport. */
export interface TransportComplianceOptions {
  /** A transport to these clients, which run wherever the transport has them run. */
  readonly connect: (clients: Client[]) => Promise<Transport>;
}

/** What every transport must do; see `Transport` in core. */
export function transportCompliance({ connect }: TransportComplianceOptions): ComplianceSuite {
  return defineSuite('transport', {
    ...directoryChecks(connect),
    ...deliveryChecks(connect),
    ...messageChecks(connect),
    ...errorChecks(connect),
    ...isolationChecks(connect),
    ...abortChecks(connect),
  });
}
