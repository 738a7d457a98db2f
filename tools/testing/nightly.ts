/**
 * Whether the long forms of tests run too (`FEDWARD_NIGHTLY=1 npm run test:slow`): more of what is drawn at random, each place
 * where one in several is looked at otherwise, hours in the place of minutes.
 */
export const nightly = process.env['FEDWARD_NIGHTLY'] !== undefined;
