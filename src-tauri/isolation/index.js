// Every message from the page to the program passes here, out of the page's reach. The page has one command and one
// event; anything else was not asked by our page.
const ALLOWED = ['call', 'plugin:event|listen', 'plugin:event|unlisten'];

window.__TAURI_ISOLATION_HOOK__ = (message) => {
  if (!ALLOWED.includes(message.cmd)) throw new Error(`The page may not ask for ${message.cmd}.`);
  return message;
};
