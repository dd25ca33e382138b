/**
 * Now, in Unix seconds, or as soon after a person's last cut as there is, in its very instant or by a clock that was set
 * back since: for what begins after it, and for the next cut, which ends that.
 */
export function afterCut(
  { valid_from = 0 }: { readonly valid_from?: number | undefined },
  nowSeconds: number,
): number {
  return Math.max(nowSeconds, valid_from + 0.001);
}
