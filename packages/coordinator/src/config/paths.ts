import { join } from 'node:path';

/** What is where in a coordinator's folder. */
export interface CoordinatorPaths {
  readonly folder: string;
  /** `coordinator.yaml`. */
  readonly config: string;
  /** The coordinator's own Ed25519 key: tasks, invites and logs are signed by it. */
  readonly keys: string;
  /** The authority of certificates. */
  readonly authority: string;
  /** Certificate and key in one file: of the hub, and of the coordinator's connections. */
  readonly certificates: string;
  /** One file a hospital: whoever is a member, or was. */
  readonly members: string;
  /** Requests that were brought here, and wait. */
  readonly requests: string;
  readonly invites: string;
  readonly welcome: string;
  /** What nats-server reads. */
  readonly hub: string;
  readonly hubConfig: string;
  /** What nats-server keeps. */
  readonly hubStore: string;
  /** The embedded database. */
  readonly store: string;
  readonly studies: string;
}

export function coordinatorPaths(folder: string): CoordinatorPaths {
  const at = (...parts: readonly string[]): string => join(folder, ...parts);
  return {
    folder,
    config: at('coordinator.yaml'),
    keys: at('keys'),
    authority: at('authority'),
    certificates: at('certificates'),
    members: at('members'),
    requests: at('requests'),
    invites: at('invites'),
    welcome: at('welcome'),
    hub: at('hub'),
    hubConfig: at('hub', 'hub.conf'),
    hubStore: at('hub', 'store'),
    store: at('store'),
    studies: at('studies'),
  };
}
