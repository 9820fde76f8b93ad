// Imported before a program: writes the most memory that its process held, in kilobytes, to the file descriptor 3 when it ends.
// LRFIND_BENCH_TERMINAL makes it believe that stderr is a terminal, so that it shows its progress.
import { writeSync } from 'node:fs';

if (process.env.LRFIND_BENCH_TERMINAL) process.stderr.isTTY = true;
process.on('exit', () => writeSync(3, String(process.resourceUsage().maxRSS)));
