// Every message from the page to the program passes here, out of the page's reach. The page has one command and one
// event, and the notification plugin's script in it asks whether it may; anything else was not asked by our page.
const ALLOWED = [
  'call',
  'plugin:event|listen',
  'plugin:event|unlisten',
  'plugin:notification|is_permission_granted',
];

window.__TAURI_ISOLATION_HOOK__ = (message) => {
  if (!ALLOWED.includes(message.cmd)) throw new Error(`The page may not ask for ${message.cmd}.`);
  return message;
};
