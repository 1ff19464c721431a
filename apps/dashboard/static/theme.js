// Runs before the first paint, so that a dark screen never flashes white. mode-watcher takes over afterwards.
{
  const chosen = localStorage.getItem("mode-watcher-mode");
  const dark =
    chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.classList.toggle("dark", dark);
}
