export { liveLine, type LiveLine, type SiteEvent } from './events.js';
export { HospitalDoor } from './hospital-door.js';
export type { ClosableTrainer, TrainerOf } from './house.js';
export { openSite, type OpenSiteOptions, type Site } from './site.js';
