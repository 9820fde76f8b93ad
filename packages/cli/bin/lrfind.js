#!/usr/bin/env node
import { catchSignals } from '../dist/interruption.js';

catchSignals();
// Loaded only now, because it takes a while in which Ctrl-C must already work.
const { main } = await import('../dist/main.js');
process.exitCode = await main(process.argv.slice(2));
