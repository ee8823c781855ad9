// What an alert sounds like, and whether it can be heard. Browsers keep a page silent until somebody has acted in
// it, so the sound is armed by hand once a shift; until then, and whenever it is blocked, a strip says so. What is muted
// is the server's to say: it tells with each alert how loudly it sounds here, and high priority always does.
import { clock } from "./clock.js";
import { show } from "./icons.js";
import { recall, remember } from "./memory.js";
import { onlyHere } from "./only-here.js";

const QUIET_MS = 1500;
const SOUNDS = {
  high: { notes: [1175, 784, 1175, 784], seconds: 0.16, wave: "square", volume: 0.3, times: 3 },
  normal: { notes: [660, 880], seconds: 0.22, wave: "sine", volume: 0.35, times: 1 },
  low: { notes: [523], seconds: 0.3, wave: "sine", volume: 0.25, times: 1 },
};

let audio = null;
const soundedAt = {};

export function forgetArming() {
  remember("armed", null);
}

export function watchSound() {
  const strip = document.querySelector("[data-sound-strip]");
  strip.querySelector("[data-arm-sound]").addEventListener("click", () => arm(true));
  document.querySelector("[data-sound-state]").addEventListener("click", () => {
    if (isAudible()) location.assign(document.body.dataset.dutyUrl);
    else arm(true);
  });
  if (isArmed()) {
    arm(false);
    for (const gesture of ["pointerdown", "keydown"]) addEventListener(gesture, () => isAudible() || arm(false));
  }
  render();
  setInterval(render, 5000); // a mute ends by itself
}

const isArmed = () => recall("armed") === document.body.dataset.session;
export const isAudible = () => isArmed() && audio?.state === "running";

function mutedUntil() {
  const until = Date.parse(document.body.dataset.mutedUntil ?? "");
  return until > Date.now() ? new Date(until) : null;
}

export async function arm(isFirstTime) {
  if (isFirstTime) remember("armed", document.body.dataset.session);
  if (!audio) {
    audio = new AudioContext();
    audio.addEventListener("statechange", render);
  }
  // never settles while the browser blocks sound, so nothing may wait for it
  audio.resume().then(() => isFirstTime && sound(SOUNDS.normal)).finally(render);
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
  const until = mutedUntil();
  if (!isAudible()) show(tool, { icon: "sound-off", label: "Sound off", state: "off" });
  else if (until) show(tool, { icon: "sound-part", label: `Muted to ${clock(until, "short")}`, state: "part" });
  else show(tool, { icon: "sound-on", label: "Sound on", state: "on" });
  tool.title = isAudible()
    ? "Click for quiet: low and normal priority can be muted for a while. High priority always sounds."
    : "Click to arm the sound.";
}

// Sounds an alert unless another window of this browser does; several at once sound once.
export function announceBySound(number, loudness) {
  if (!isAudible() || !(loudness in SOUNDS)) return;
  if (Date.now() - (soundedAt[loudness] ?? 0) < QUIET_MS) return;
  soundedAt[loudness] = Date.now();
  onlyHere(`sound-${number}`, () => {
    play(loudness);
    document.documentElement.dataset.sounded = `${loudness} ${number}`;
  });
}

export function play(loudness) {
  if (isAudible()) sound(SOUNDS[loudness]);
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
