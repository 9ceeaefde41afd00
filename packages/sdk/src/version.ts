/** The version of this package, which a test compares with its package.json. */
export const version = "0.1.0";
