/** What this user prefers of the window, and what this desktop can do. */
export interface WindowSettings {
  /** When the window is closed. */
  close: 'ask' | 'keep' | 'quit';
  /** Failures and recoveries are told as notifications. */
  notifications: boolean;
  theme: 'system' | 'light' | 'dark';
  /** Null is the desktop's own. */
  language: 'en' | 'de' | null;
  /** The program starts with this user's session. */
  autostart: boolean;
  /** There is a tray to stay in. */
  tray: boolean;
  /** What the page should ask for before secrets can be used: the vault's passphrase, or one for a vault to come. */
  vault: 'locked' | 'new' | null;
  version: string;
}

/** The background service as it stands. */
export interface ServiceState {
  state: 'absent' | 'stopped' | 'running' | 'unsupported';
  /** The machine's, or this user's alone. */
  scope: 'system' | 'user';
  /** The account it runs under. */
  account: string;
  data_folder: string;
  /** It starts by itself. */
  enabled: boolean;
  /** `ask`: an administrator is asked when it is changed. */
  rights: 'enough' | 'ask';
  /** What a person should know now: what the last action did, or why there can be no service here. */
  detail: string;
}

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
  'window.service': { input: Record<string, never>; output: ServiceState };
  /** Installs, removes, starts or stops it; `bring` moves this window's data to the machine's service. */
  'window.service_do': {
    input: {
      action: 'install' | 'uninstall' | 'start' | 'stop';
      scope?: ServiceState['scope'];
      bring?: boolean;
    };
    output: ServiceState;
  };
  'window.settings': { input: Record<string, never>; output: WindowSettings };
  /** Changes one of them; answers with all. */
  'window.set': {
    input: {
      key: Exclude<keyof WindowSettings, 'tray' | 'vault' | 'version'>;
      value: string | boolean | null;
    };
    output: WindowSettings;
  };
  /** The page shows the question that closing the window raised. */
  'window.asking': { input: Record<string, never>; output: null };
  /** The answer to it. */
  'window.close': { input: { keep: boolean; remember: boolean }; output: null };
  /** Ends the program; runs come to a safe point first. */
  'window.quit': { input: Record<string, never>; output: null };
  /** The vault's passphrase, after a change of topic `window` with the id `passphrase`; refused when it is wrong. */
  'window.unlock': { input: { passphrase: string }; output: null };
}
