/** Milliseconds that clients have to sign out in their frames; one that is dead delays nobody for longer. */
const PATIENCE = 5000;

/** Goes on to `#continue` once everything on the page is loaded, or after a while. */
export const leaveScript = String.raw`
(() => {
let isGone = false;
const leave = () => {
  if (!isGone) location.replace(document.getElementById('continue').href);
  isGone = true;
};
addEventListener('load', leave);
setTimeout(leave, ${PATIENCE});
})();
`;

/** Seconds after which browsers without scripts go on. */
export const LEAVE_AFTER_SECONDS = PATIENCE / 1000 + 1;
