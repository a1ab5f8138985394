// Rings for as long as it is told to: two soft tones, then a pause. A browser that was not touched yet stays silent.

const TONES_HZ = [523, 659];
const TONE_S = 0.35;
const EVERY_MS = 2500;

let context = null;
let timer = null;

function ringOnce() {
  TONES_HZ.forEach((hertz, index) => {
    const begins = context.currentTime + index * TONE_S;
    const [tone, volume] = [context.createOscillator(), context.createGain()];
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0, begins);
    volume.gain.linearRampToValueAtTime(0.15, begins + 0.03);
    volume.gain.linearRampToValueAtTime(0, begins + TONE_S);
    tone.connect(volume).connect(context.destination);
    tone.start(begins);
    tone.stop(begins + TONE_S);
  });
}

export function ring(ringing) {
  if (ringing === (timer !== null)) return;
  clearInterval(timer);
  timer = null;
  if (!ringing) return;
  context ??= new AudioContext();
  context.resume();
  ringOnce();
  timer = setInterval(ringOnce, EVERY_MS);
}
