// Operations that these panels ask for and that are not in the generated list yet. They move there with their engine side.

/** A library this program is made with. */
export interface LicenceRow {
  name: string;
  version: string;
  licence: string;
  text: string;
}

declare module '../../api/pending' {
  interface PendingOperations {
    licences: { input: Record<symbol, never>; output: LicenceRow[] };
  }
}
