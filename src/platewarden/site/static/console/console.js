// The console's scripts. Every page works without them, except that alerts then neither appear nor sound by
// themselves, and the page says so.
import { watchConfirmations } from "./confirm.js";
import { watchFrame } from "./frame.js";
import { watchIdleness } from "./idle.js";
import { watchKeys } from "./keyboard.js";
import { watchAlerts } from "./live.js";
import { forgetArming } from "./sound.js";
import { watchTheme } from "./theme.js";

watchTheme();
watchFrame();
watchKeys();
watchConfirmations();
watchIdleness();
if (document.body.hasAttribute("data-shift-start")) forgetArming();
if (document.body.dataset.live) watchAlerts();
