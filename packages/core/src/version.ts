/** The version of lrfind. A test compares it with the package's manifest. */
export const version = '0.1.0';
