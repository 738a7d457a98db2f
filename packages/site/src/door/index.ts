export { liveLine, type LiveLine, type SiteEvent } from './events.js';
export { HospitalDoor, type StudyHere } from './hospital-door.js';
export type { ClosableTrainer, TrainerOf } from './house.js';
export type { OwnTrainer } from './own-trainers.js';
export { openSite, type OpenSiteOptions, type Site } from './site.js';
