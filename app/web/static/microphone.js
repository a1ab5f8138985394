// The microphone, and in words why there is none.

const WISHES = { audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true }, video: false };
const REFUSALS = {
  NotAllowedError: "The browser may not use the microphone. Allow it at the left of the address bar, then start the phone.",
  NotFoundError: "No microphone was found. Connect a headset, then start the phone.",
  NotReadableError: "The microphone cannot be opened. Another program may be using it: close that one, then start the phone.",
};

export class MicrophoneRefused extends Error {}

export async function openMicrophone() {
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new MicrophoneRefused("The browser lends its microphone to secure pages only. Open this page by its https:// address.");
  }
  try {
    return await navigator.mediaDevices.getUserMedia(WISHES);
  } catch (error) {
    throw new MicrophoneRefused(REFUSALS[error.name] ?? `The microphone cannot be used: ${error.message}`);
  }
}

export function release(stream) {
  stream?.getTracks().forEach((track) => track.stop());
}
