// Learning-rate schedules: kinds, text form, and those of other libraries.
export { from, type MakeForeign } from './from/registry.js';
export { makeSchedule } from './make.js';
export { type PeakSchedule, peakSchedule, peakScheduleNames, scheduleToBeFound } from './peak-schedule.js';
export { scheduleKinds, scheduleNamed } from './registry.js';
export { resolveSchedule } from './resolve.js';
export type { Schedule, ScheduleConfig, ScheduleKind, ScheduleSpan, ScheduleSpec } from './schedule.js';
export { parseSchedule } from './text/parse.js';
export { printSchedule } from './text/print.js';
export { misplaced, type Node, readText } from './text/syntax.js';
export { type KerasSchedule, toKeras } from './to-keras.js';
