import type { JsonObject } from '@fedward/core';
import type { FedwardCommand } from './command.js';

/** A hospital of a deployment. */
export interface LocalSite {
  readonly id: string;
  /** `data` of its `site.yaml`. */
  readonly data: JsonObject;
  /** How its daemon is started. Default: as all else is. */
  readonly command?: readonly string[];
  /** Further keys of it, such as `ledger.budget`. */
  readonly settings?: JsonObject;
}

/** What a deployment on this machine is to be. */
export interface LocalDeploymentOptions extends FedwardCommand {
  /** Where it is made: new, or empty. */
  readonly folder: string;
  readonly federation: string;
  /** Address of the hub. Default: 127.0.0.1. */
  readonly host?: string;
  /** How the coordinator's daemon is started. Default: as all else is. */
  readonly coordinatorCommand?: readonly string[];
  readonly sites: readonly LocalSite[];
  /** `seeded` is for simulations: whoever knows the plan takes the noise off. */
  readonly noise: 'secret' | 'seeded';
  /** False: nats-server is run by the caller. Default: the coordinator runs it. */
  readonly startHub?: boolean;
  /** Of the nats-server that the caller runs. Default: the newest. */
  readonly hubVersion?: string;
}
