// What this server offers. It writes its switches into a meta element of the page.
const meta = document.querySelector('meta[name="demarche-access"]');
const switches = new Set((meta?.content ?? '').split(' '));

export const acceptsAnyDocument = !switches.has('only-trusted');
export const offersSchema = acceptsAnyDocument && !switches.has('no-introspection');
