// The live connection itself. Tells: {kind: "state", up, since}, {kind: "alert" | "alert-changed", number, alert,
// priority, sound, position}, {kind: "notice", notice}, {kind: "ended"}. Identifiers only: no plate ever comes this way.
//
// The browser reconnects by itself and sends the position of the last event it saw, so nothing is lost. Three things it
// does not notice are handled here: a server that answers with an error, a connection that has died silently, and a
// machine that has slept.
self.openStream = (address, after, tell) => {
  const SILENT_MS = 45_000;
  const RETRY_MS = 3000;
  const TICK_MS = 1000;
  const ASLEEP_MS = 10_000;
  const seen = new Set();
  let last = Number(after) || 0;
  let source = null;
  let heardAt = 0;
  let beats = false;
  let tickAt = Date.now();
  let isUp = null;

  const setState = (up, since = Date.now()) => {
    if (up === isUp) return;
    isUp = up;
    tell({ kind: "state", up, since });
  };

  const heard = () => {
    heardAt = Date.now();
    setState(true);
  };

  const open = () => {
    source?.close();
    beats = false;
    source = new EventSource(`${address}?after=${last}`);
    source.addEventListener("ready", heard);
    source.addEventListener("beat", () => {
      beats = true;
      heard();
    });
    for (const kind of ["alert", "alert-changed", "notice"]) source.addEventListener(kind, receive);
    source.addEventListener("ended", () => tell({ kind: "ended" }));
    source.addEventListener("open", heard);
    source.addEventListener("error", fail);
  };

  // An alert that this browser has told of already, and that has moved to its areas meanwhile, has only changed.
  const receive = (event) => {
    heard();
    const facts = JSON.parse(event.data);
    last = Math.max(last, Number(event.lastEventId) || 0);
    const isKnown = event.type === "alert" && seen.has(facts.number);
    if (event.type === "alert") seen.add(facts.number);
    tell({ ...facts, kind: isKnown ? "alert-changed" : event.type, position: last });
  };

  const fail = () => {
    setState(false);
    if (source.readyState === EventSource.CLOSED) setTimeout(open, RETRY_MS);
  };

  // Timers stand still while a machine sleeps: a tick that comes late means that it did, and the connection may be
  // dead without a word. Opening it again costs little, and sends what was missed.
  setInterval(() => {
    const slept = Date.now() - tickAt > ASLEEP_MS;
    const silent = beats && Date.now() - heardAt > SILENT_MS;
    if (slept || silent) {
      setState(false, slept ? tickAt : heardAt);
      open();
    }
    tickAt = Date.now();
  }, TICK_MS);

  open();
  return true;
};
