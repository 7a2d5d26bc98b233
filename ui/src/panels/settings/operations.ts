// Operations that these panels ask for and that are not in the generated list yet. They move there with their engine side.

/** A library this program is made with. */
export interface LicenceRow {
  name: string;
  version: string;
  licence: string;
  text: string;
}

/** The background service, as this machine's service manager has it. */
export interface ServiceState {
  state: 'absent' | 'stopped' | 'running' | 'unsupported';
  /** The account it runs under. */
  account: string | null;
  data_folder: string | null;
  /** It starts with the machine. */
  enabled: boolean;
  /** `ask`: the system asks for an administrator. */
  rights: 'enough' | 'ask';
  /** What the service manager said, where that helps. */
  detail: string | null;
}

declare module '../../api/pending' {
  interface PendingOperations {
    licences: { input: Record<symbol, never>; output: LicenceRow[] };
    'window.service': { input: Record<symbol, never>; output: ServiceState };
    'window.service_do': {
      input: { action: 'install' | 'uninstall' | 'start' | 'stop' };
      output: ServiceState;
    };
  }
}
