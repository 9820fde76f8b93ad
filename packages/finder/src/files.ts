// What reads and writes files; everything else of the package runs without Node.
export { HistoryLoggerOptions, historyLogger } from './callbacks/history-logger.js';
export { type ReadTableOptions, readTable } from './data/table/read-table.js';
export { type ModelFile, readModel, type TrainingConfig } from './model/read-model.js';
export { checkModelFolder, unfinishedModel } from './model/save-folder.js';
export { checkSavable, saveModel } from './model/save-model.js';
export { type Result, readResult, readRun } from './read-result.js';
export { type JournalFile, journalFile } from './training/journal-file.js';
