// Operations that these panels ask for and that are not in the generated list yet. They move there with their engine side.
import type { JsonValue } from '../../api';

/** A certificate of an authority that is trusted besides the system's. */
export interface CertificateRow {
  /** The file it lies in. */
  file: string;
  subject: string;
  issuer: string;
  /** When it stops being valid. */
  ends_at: string;
  /** Why it is of no use: the file is gone, it has ended. */
  problem: string | null;
}

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

/** What a deployed write step has in its table. */
export interface TargetShown {
  connection: string;
  table: string;
  columns: string[];
  /** Decimals and instants as text; the largest keys first. */
  rows: JsonValue[][];
  total: number;
}

declare module '../../api/pending' {
  interface PendingOperations {
    certificates: { input: Record<symbol, never>; output: CertificateRow[] };
    add_authority: { input: { pem: string }; output: CertificateRow[] };
    remove_authority: { input: { file: string }; output: null };
    licences: { input: Record<symbol, never>; output: LicenceRow[] };
    show_target: {
      input: { processflow: string; step?: string | null; limit?: number };
      output: TargetShown;
    };
    'window.service': { input: Record<symbol, never>; output: ServiceState };
    'window.service_do': {
      input: { action: 'install' | 'uninstall' | 'start' | 'stop' };
      output: ServiceState;
    };
  }
}
