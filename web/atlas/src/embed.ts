// Within a frame of another page: tells it how high this page is.

const isFramed = window.parent !== window;

export function isEmbedded(): boolean {
  return 'embed' in document.documentElement.dataset;
}

export function postHeight(): void {
  if (!isFramed) return;
  const post = () => window.parent.postMessage({ type: 'demarche:height', height: document.documentElement.offsetHeight }, '*');
  new ResizeObserver(post).observe(document.documentElement);
  post();
}
