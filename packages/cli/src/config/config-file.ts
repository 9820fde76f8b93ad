/** The file of options that is read where none is named. */
export const CONFIG_FILE = 'lrfind.json';
