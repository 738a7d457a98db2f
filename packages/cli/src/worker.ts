// The entry of the command's worker threads: that of sim-healthcare, bundled with all that it needs.
import '@fedward/sim-healthcare/worker';
