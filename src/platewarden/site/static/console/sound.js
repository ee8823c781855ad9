// What an alert sounds like, and whether it can be heard. Browsers keep a page silent until somebody has acted in
// it, so the sound is armed by hand once a shift; until then, and whenever it is blocked, a strip says so.
import { show } from "./icons.js";
import { recall, remember } from "./memory.js";

const QUIET_MS = 1500;
const NORMAL = { notes: [660, 880], seconds: 0.22, wave: "sine", volume: 0.35, times: 1 };
const HIGH = { notes: [1175, 784, 1175, 784], seconds: 0.16, wave: "square", volume: 0.3, times: 3 };

let audio = null;
const soundedAt = { high: 0, normal: 0 };

export function forgetArming() {
  remember("armed", null);
}

export function watchSound() {
  const strip = document.querySelector("[data-sound-strip]");
  strip.querySelector("[data-arm-sound]").addEventListener("click", () => arm(true));
  document.querySelector("[data-sound-state]").addEventListener("click", () => {
    if (!isAudible()) return void arm(true);
    remember("normal-muted", isNormalMuted() ? null : "yes");
    render();
  });
  if (isArmed()) {
    arm(false);
    for (const gesture of ["pointerdown", "keydown"]) addEventListener(gesture, () => isAudible() || arm(false));
  }
  render();
}

const isArmed = () => recall("armed") === document.body.dataset.session;
const isAudible = () => isArmed() && audio?.state === "running";
const isNormalMuted = () => recall("normal-muted") === "yes";

async function arm(isFirstTime) {
  if (isFirstTime) remember("armed", document.body.dataset.session);
  if (!audio) {
    audio = new AudioContext();
    audio.addEventListener("statechange", render);
  }
  // never settles while the browser blocks sound, so nothing may wait for it
  audio.resume().then(() => isFirstTime && sound(NORMAL)).finally(render);
  render();
}

function render() {
  const strip = document.querySelector("[data-sound-strip]");
  const tool = document.querySelector("[data-sound-state]");
  strip.hidden = isAudible();
  strip.querySelector("[data-sound-text]").textContent = isArmed()
    ? "The browser blocks sound on this page: you will not hear alerts. Click here or press any key."
    : "Sound is not armed: you will not hear alerts.";
  strip.querySelector("[data-arm-sound]").textContent = isArmed() ? "Sound on" : "Arm sound";
  if (!isAudible()) show(tool, { icon: "sound-off", label: "Sound off", state: "off" });
  else if (isNormalMuted()) show(tool, { icon: "sound-part", label: "High only", state: "part" });
  else show(tool, { icon: "sound-on", label: "Sound on", state: "on" });
  tool.title = isAudible()
    ? "Click to mute or unmute alerts of normal priority. High priority always sounds."
    : "Click to arm the sound.";
}

// Sounds an alert unless another window of this browser does; several at once sound once.
export function announceBySound(number, priority) {
  const isHigh = priority === "high";
  if (!isAudible() || (isNormalMuted() && !isHigh)) return;
  const kind = isHigh ? "high" : "normal";
  if (Date.now() - soundedAt[kind] < QUIET_MS) return;
  soundedAt[kind] = Date.now();
  onlyHere(`platewarden-sound-${number}`, () => {
    sound(isHigh ? HIGH : NORMAL);
    document.documentElement.dataset.sounded = `${kind} ${number}`;
  });
}

function onlyHere(name, act) {
  if (!navigator.locks) return void act();
  navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    act();
    await new Promise((done) => setTimeout(done, 5000));
  });
}

function sound({ notes, seconds, wave, volume, times }) {
  let at = audio.currentTime + 0.02;
  for (let round = 0; round < times; round += 1) {
    for (const pitch of notes) {
      note(pitch, at, seconds, wave, volume);
      at += seconds;
    }
    at += 0.25;
  }
}

function note(pitch, at, seconds, wave, volume) {
  const oscillator = new OscillatorNode(audio, { type: wave, frequency: pitch });
  const gain = new GainNode(audio, { gain: 0 });
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(volume, at + 0.01);
  gain.gain.setValueAtTime(volume, at + seconds * 0.6);
  gain.gain.linearRampToValueAtTime(0, at + seconds * 0.95);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(at);
  oscillator.stop(at + seconds);
}
