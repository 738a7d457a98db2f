/** Why a row is left out whose patient opted out. */
export const optedOut = 'opted out';
