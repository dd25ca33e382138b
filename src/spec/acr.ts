/** How sure we are of a person, weakest first: what `acr` may say. Core §2. */
export const ACR_VALUES = ['one_factor'] as const;
export type Acr = (typeof ACR_VALUES)[number];
