export { approvalOf, asKnown, changesSince, type ApprovalRules } from './approval.js';
export { StudyBook } from './book.js';
export { type StudyRecord } from './record.js';
