// Gives each frame of this site's atlas the height of its content: <script src="https://SITE/embed.js" async></script>. Frames work without it.
(() => {
  const TALLEST = 5000; // px
  const site = new URL(document.currentScript.src).origin;
  addEventListener('message', ({ data, source, origin }) => {
    if (origin !== site || data?.type !== 'demarche:height' || !(data.height > 0)) return;
    for (const frame of document.querySelectorAll('iframe')) {
      if (frame.contentWindow === source) frame.height = Math.ceil(Math.min(data.height, TALLEST));
    }
  });
})();
