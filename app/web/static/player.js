// One player for all recordings of the page: it stays while the table beneath it changes.

export function setUpPlayer() {
  const player = document.getElementById("player");
  const audio = player.querySelector("audio");
  const title = document.getElementById("player-title");
  const words = document.getElementById("player-words");
  let origin = null;

  function play(link) {
    origin = link;
    const row = link.closest("tr");
    title.textContent = `${row.querySelector("th").textContent.trim()}, ${row.querySelector("time").textContent}`;
    words.textContent = "";
    audio.src = link.href;
    player.hidden = false;
    audio.play().catch(() => {});
    audio.focus();
  }

  function close() {
    audio.pause();
    audio.removeAttribute("src");
    audio.load();
    player.hidden = true;
    if (origin?.isConnected) origin.focus();
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-play]");
    if (!link) return;
    event.preventDefault();
    play(link);
  });
  audio.addEventListener("error", () => {
    if (audio.hasAttribute("src")) words.textContent = "The recording cannot be played; its file may be gone.";
  });
  document.getElementById("player-close").addEventListener("click", close);
  player.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
}
