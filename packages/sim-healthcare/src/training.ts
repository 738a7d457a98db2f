// What carries a site's training to where it runs: another thread, or another process.
export { receiveContext, sendContext } from './threads/context.js';
export { receiveError, sendError } from './threads/errors.js';
export type { SentContext, ThreadError as SentError } from './threads/messages.js';
export { offersOf } from './wiring/offers.js';
export { makeTrainer, type TrainerSource } from './wiring/trainers.js';
