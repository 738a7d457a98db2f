import type { HubStatus, SiteCourier } from '@fedward/transport-nats';
import type { LiveLine, Site } from '../door/index.js';

/** How a site stands with the hub. */
export type HubStanding = Pick<HubStatus, 'state' | 'why'> & { readonly server?: string };

/** What carries a coordinator's questions to a site's door, and answers back. */
export interface Carrier {
  readonly standing: HubStanding;
  readonly atWork: SiteCourier['atWork'];
  /** Says at once what has changed, such as an approval. */
  changed(): void;
  /** A line of the live log. Nobody waits for it, and it may be lost. */
  show(line: LiveLine): void;
  /** Ends what is at work; what was kept is not lost. */
  close(): Promise<void>;
}

/** Connects a site; resolves at once, and goes on trying for as long as the site runs. */
export type Connect = (site: Site, tell: (kind: 'debug' | 'info' | 'warn', words: string) => void) => Promise<Carrier>;
