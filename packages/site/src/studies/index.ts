export { approvalOf, asKnown, changesSince, type ApprovalRules } from './approval.js';
export { StudyBook } from './book.js';
export { planHashOf, type StudyRecord } from './record.js';
