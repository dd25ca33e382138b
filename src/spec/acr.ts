/** How sure we can be of a person, weakest first. */
const ACR_LEVELS = ['one_factor', 'two_factor'] as const;
export type Acr = (typeof ACR_LEVELS)[number];

/** What a sign-in can reach, and so what is advertised. Core §2, Discovery §3. */
export const ACR_VALUES: readonly Acr[] = ACR_LEVELS;

/** Whether a sign-in at one level is as good as the other that is asked for. */
export function satisfiesAcr(acr: string, asked: string): boolean {
  if (acr === asked) return true;
  const wanted = ACR_LEVELS.findIndex((level) => level === asked);
  return wanted >= 0 && ACR_LEVELS.findIndex((level) => level === acr) > wanted;
}
