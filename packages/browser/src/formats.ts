// The formats of tables and models, which a page whose data are in memory never loads.
export { readTable } from '@lrfind/data';
export { readModel } from '@lrfind/finder';
