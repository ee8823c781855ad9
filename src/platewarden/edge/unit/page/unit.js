// The page in the car: asks the box once a second whether there is something new, sounds, and takes three keys. A hit is
// never exchanged for another under somebody's finger: while one waits for its answer, a new one only sounds.
const EVERY_MS = 1000;
const TONES = [880, 660, 880];
const ARMED = "platewarden-unit-sound";
const asked = document.querySelector("form");
let latest = Number(document.body.dataset.latest);
let audio = null;

function arm() {
  audio = audio ?? new AudioContext();
  audio.resume();
  sessionStorage.setItem(ARMED, "yes");
  document.querySelector("#sound").textContent = "Sound is on";
}

function sound() {
  if (audio?.state !== "running") return;
  TONES.forEach((frequency, place) => {
    const tone = audio.createOscillator();
    tone.frequency.value = frequency;
    tone.connect(audio.destination);
    tone.start(audio.currentTime + place * 0.25);
    tone.stop(audio.currentTime + place * 0.25 + 0.2);
  });
}

async function ask() {
  try {
    const answer = await fetch("/state", { cache: "no-store" });
    if (answer.status === 403) return void location.reload();
    const state = await answer.json();
    if (state.latest > latest) {
      latest = state.latest;
      sound();
      if (!asked) setTimeout(() => location.assign("/"), 800);
    }
  } catch {
    document.body.dataset.lost = "yes"; // the agent is being restarted: whatever comes back asks again
  }
}

document.querySelector("[data-arm]").addEventListener("click", arm);
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  asked?.querySelectorAll("button")[Number(event.key) - 1]?.click();
});
if (sessionStorage.getItem(ARMED)) arm();
setInterval(ask, EVERY_MS);
