/** 0: done. 1: failed under way. 2: wrong use or configuration, nothing done. 130: stopped by Ctrl-C or SIGTERM. */
export type ExitCode = 0 | 1 | 2 | 130;
