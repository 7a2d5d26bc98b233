/** What only a window can do; the shell answers these, not the engine. In development they are refused. */
export interface WindowOperations {
  /** Lets a person choose a file; null when they chose none. */
  'window.open_file': {
    input: { title: string; extensions: string[]; folder: boolean };
    output: string | null;
  };
  /** Lets a person choose where a file goes. */
  'window.save_file': { input: { title: string; name: string }; output: string | null };
  /** Shows a file or folder in the system's file manager. */
  'window.reveal': { input: { path: string }; output: null };
  /** Opens an address in the system's browser. */
  'window.browse': { input: { url: string }; output: null };
}
