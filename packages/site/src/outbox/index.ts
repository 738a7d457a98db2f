export { fileAnswerStore } from './file-answers.js';
export { fileOutbox, type FileOutbox } from './file-outbox.js';
