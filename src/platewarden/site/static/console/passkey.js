// Passkeys: asks the browser for a credential and posts what it answers (WebAuthn level 3, JSON forms).
const decode = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
const encode = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");
const described = (list = []) => list.map((each) => ({ ...each, id: decode(each.id) }));

function creation(options) {
  const user = { ...options.user, id: decode(options.user.id) };
  const excludeCredentials = described(options.excludeCredentials);
  return { ...options, challenge: decode(options.challenge), user, excludeCredentials };
}

function request(options) {
  const allowCredentials = described(options.allowCredentials);
  return { ...options, challenge: decode(options.challenge), allowCredentials };
}

function written(credential) {
  const { response } = credential;
  const parts = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) parts[name] = encode(response[name]);
  }
  if (response.getTransports) parts.transports = response.getTransports();
  return {
    id: credential.id,
    rawId: encode(credential.rawId),
    type: credential.type,
    response: parts,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

async function answer(form) {
  const { publicKey } = JSON.parse(form.dataset.options);
  const credential =
    form.dataset.passkey === "create"
      ? await navigator.credentials.create({ publicKey: creation(publicKey) })
      : await navigator.credentials.get({ publicKey: request(publicKey) });
  form.querySelector("[data-credential]").value = JSON.stringify(written(credential));
  form.submit();
}

for (const form of document.querySelectorAll("[data-passkey]")) {
  const state = form.querySelector("[data-passkey-state]");
  form.hidden = false;
  form.querySelector("[data-use-passkey]").addEventListener("click", () => {
    state.textContent = "Answer your device.";
    answer(form).catch((error) => {
      state.textContent =
        error.name === "SecurityError"
          ? "Passkeys do not work at this address: open the console by its host name."
          : "Nothing came of it. Try again, or use a code.";
    });
  });
}
