"""An agent's browser in a test's hands: headless Chromium that says a tone, on the phone's page, signed in."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page, expect, sync_playwright

from app.telephony.audio import write_wav

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
RATE = 48_000
LOUD_DB = -45.0

AS_IT_IS = """
const ask = MediaDevices.prototype.getUserMedia;
const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
MediaDevices.prototype.getUserMedia = async function () {
  if (window.refused) throw new DOMException("", window.refused);
  return ask.call(this, { audio });
};
"""
"""A microphone's noise suppression takes a steady tone for noise. `window.refused` names the error that a browser refuses it with."""

HEARD = """async ([hertz, seconds]) => {
  const context = new AudioContext();
  await context.resume();
  const analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
  context.createMediaStreamSource(document.getElementById("other-side").srcObject).connect(analyser);
  const bins = new Float32Array(analyser.frequencyBinCount);
  const loudest = hertz.map(() => -200);
  for (const until = performance.now() + seconds * 1000; performance.now() < until;) {
    await new Promise((done) => setTimeout(done, 100));
    analyser.getFloatFrequencyData(bins);
    const at = (hz) => Math.max(...bins.slice(Math.round(hz * 8192 / context.sampleRate) - 2).slice(0, 5));
    hertz.forEach((hz, index) => { loudest[index] = Math.max(loudest[index], at(hz)); });
  }
  await context.close();
  return loudest;
}"""


@dataclass(slots=True)
class Softphone:
    """One browser page that is an agent's phone."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def wait_line(self, words: str, timeout_s: float = 15.0) -> None:
        """Until the page says so of its line: Ready, Interrupted, Used elsewhere."""
        expect(self.page.locator("#line")).to_have_text(words, timeout=timeout_s * 1000)

    def wait_call(self, state: str, timeout_s: float = 15.0) -> None:
        """Until the call is `ringing`, `talking` or `none`."""
        expect(self.page.locator("#call")).to_have_attribute("data-state", state, timeout=timeout_s * 1000)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).press("Enter")

    def heard(self, *hertz: float, seconds: float = 1.5) -> list[float]:
        """How loud (dB below full scale) each of these tones was at its loudest in what the browser plays."""
        found: list[float] = self.page.evaluate(HEARD, [list(hertz), seconds])
        return found

    def hears(self, voices: dict[str, float], seconds: float) -> set[str]:
        """Whose tones are loud enough to be somebody who speaks; nobody's without a call."""
        if self.page.locator("#call").get_attribute("data-state") != "talking":
            return set()
        levels = zip(voices, self.heard(*voices.values(), seconds=seconds), strict=True)
        return {name for name, level_db in levels if level_db > LOUD_DB}

    def samples_received(self) -> int:
        """How much the browser has played of the other side, in samples."""
        found: int = self.page.evaluate("document.getElementById('other-side').currentTime * 48000")
        return found


@contextmanager
def chromium(folder: Path, tone_hz: float) -> Iterator[Browser]:
    """A browser whose microphone is a tone."""
    file = folder / "microphone.wav"
    moments = np.arange(RATE * 20) / RATE
    write_wav(file, np.sin(2 * np.pi * tone_hz * moments) * 0.3, RATE)
    arguments = [
        "--no-sandbox",
        "--disable-gpu",
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={file}",
        "--allow-loopback-in-peer-connection",
        "--autoplay-policy=no-user-gesture-required",
        "--disable-background-networking",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


def sign_in(browser: Browser, url: str, username: str, password: str, **options: Any) -> Softphone:
    """A new window on the phone's page. What the browser complains about is kept."""
    context = browser.new_context(**options)
    context.add_init_script(AS_IT_IS)
    phone = Softphone(context.new_page())
    phone.page.on("console", lambda message: phone.complaints.append(message.text) if message.type == "error" else None)
    phone.page.on("pageerror", lambda error: phone.complaints.append(str(error)))
    phone.page.goto(f"{url}login?next=/phone")
    phone.page.fill("#username", username)
    phone.page.fill("#password", password)
    phone.page.press("#password", "Enter")
    return phone
