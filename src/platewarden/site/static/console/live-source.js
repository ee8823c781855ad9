// The live connection itself. Tells: {kind: "state", up}, {kind: "alert" | "alert-changed", number, alert,
// priority}, {kind: "ended"}. Identifiers only: no plate ever comes this way.
//
// The browser reconnects by itself and sends the number of the last event it saw, so nothing is lost. Two things it
// does not notice are handled here: a server that answers with an error, and a connection that has died silently.
self.openStream = (address, after, tell) => {
  const SILENT_MS = 45_000;
  const RETRY_MS = 3000;
  const seen = new Set();
  let last = Number(after) || 0;
  let source = null;
  let heardAt = 0;
  let beats = false;

  const heard = () => {
    heardAt = Date.now();
    tell({ kind: "state", up: true });
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
    source.addEventListener("alert", receive);
    source.addEventListener("alert-changed", receive);
    source.addEventListener("ended", () => tell({ kind: "ended" }));
    source.addEventListener("open", heard);
    source.addEventListener("error", fail);
  };

  const receive = (event) => {
    heard();
    const { number, alert, priority } = JSON.parse(event.data);
    if (event.type === "alert") {
      if (seen.has(number)) return;
      seen.add(number);
      last = Math.max(last, number);
    }
    tell({ kind: event.type, number, alert, priority });
  };

  const fail = () => {
    tell({ kind: "state", up: false });
    if (source.readyState === EventSource.CLOSED) setTimeout(open, RETRY_MS);
  };

  setInterval(() => {
    if (!beats || Date.now() - heardAt < SILENT_MS) return;
    tell({ kind: "state", up: false });
    open();
  }, RETRY_MS);

  open();
  return true;
};
