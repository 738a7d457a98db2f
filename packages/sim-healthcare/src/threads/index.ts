/** Hospitals of a simulation in worker threads. */
export { assertElsewhere, ownData, type OpenSites, type SitesElsewhere } from './elsewhere.js';
export { poolFor } from './pool-for.js';
export type { ThreadPool } from './pool.js';
export { pooledTrainer } from './pooled-trainer.js';
export { sendData, shareData } from './shared-data.js';
export { canLiveInThreads, type SiteHalves } from './site-halves.js';
export { sitesInThreads } from './sites-in-threads.js';
export { threadTransport, type ThreadTransportOptions } from './transport.js';
