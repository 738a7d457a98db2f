export type { Carrier, Connect, HubStanding } from './courier.js';
export { startSite, type SiteDaemon, type StartOptions } from './daemon.js';
export { overNats, type HubPass } from './nats.js';
export { type SiteStatus } from './status.js';
export { limitedTrainers } from './training.js';
