/** As in package.json, which not every way to run us brings along. */
export const VERSION = '0.1.0';
