/**
 * The most columns of a table. Genomes have some 60,000 genes; what has more is read the wrong way round, or is no table.
 * Every reader keeps to it, so that the memory of one row is bounded.
 */
export const mostColumns = 65_536;

/** Fields of a line that are looked at before it is refused; more than `mostColumns`, so that a message can count them. */
export const mostFields = 262_144;

/** Characters of one record. A line of gigabytes must not be read into one text. */
export const longestRecord = 64 * 2 ** 20;
