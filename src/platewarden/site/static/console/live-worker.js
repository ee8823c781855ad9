// One live connection for all windows of this browser: a browser opens six connections to a server at most, and
// each window holding its own would use them up. Runs as a shared worker; live.js starts it.
importScripts("live-source.js");

const ports = new Set();
const recent = [];
let stream = null;
let state = { kind: "state", up: false, since: Date.now() };

onconnect = ({ ports: [port] }) => {
  port.onmessage = ({ data }) => {
    if (data.kind === "bye") return void ports.delete(port);
    ports.add(port);
    port.postMessage(state);
    stream ??= self.openStream(data.address, data.after, spread);
    for (const event of recent) if (event.position > data.after) port.postMessage(event);
  };
};

function spread(message) {
  if (message.kind === "state") state = message;
  if (message.kind.startsWith("alert")) recent.push(message);
  if (recent.length > 200) recent.shift();
  for (const port of ports) port.postMessage(message);
}
