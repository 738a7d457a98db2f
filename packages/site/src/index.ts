export * from './config/index.js';
export * from './enrolment/index.js';
