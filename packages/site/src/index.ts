export * from './config/index.js';
export { fileAnswerStore, fileOutbox, type FileOutbox } from './outbox/index.js';
export * from './door/index.js';
export type { StudyRecord } from './studies/index.js';
export * from './daemon/index.js';
export { plugins } from './plugins.js';
export * from './enrolment/index.js';
