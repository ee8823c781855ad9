// Lets one window of this browser act where several have heard the same.
export function onlyHere(name, act) {
  if (!navigator.locks) return void act();
  navigator.locks.request(`platewarden-${name}`, { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    act();
    await new Promise((done) => setTimeout(done, 5000));
  });
}
