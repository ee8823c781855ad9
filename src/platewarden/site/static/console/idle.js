// Covers the page when nobody has been at it for as long as the policy's parameter says; the server locks the
// session by its own clock, this only takes what is on the screen away.
const SIGNS_OF_LIFE = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"];
const CHECK_EVERY_MS = 5000;

export function watchIdleness() {
  const { idleMinutes, lockedUrl } = document.body.dataset;
  if (!idleMinutes || !lockedUrl || location.pathname === lockedUrl) return;
  const limit = Number(idleMinutes) * 60_000;
  let last = Date.now();
  for (const sign of SIGNS_OF_LIFE) addEventListener(sign, () => (last = Date.now()), { passive: true });
  setInterval(() => {
    if (Date.now() - last < limit) return;
    document.querySelector("main").replaceChildren();
    location.assign(`${lockedUrl}?next=${encodeURIComponent(location.pathname)}`);
  }, CHECK_EVERY_MS);
}
