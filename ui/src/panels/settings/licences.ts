/** A library this program is made with. */
export interface Licence {
  name: string;
  version: string;
  licence: string;
  text: string;
}

// Written by the build of the whole program; panels that were built alone have none.
const written = import.meta.glob<Licence[]>('../../licences.json', { import: 'default' });

/** The libraries and their licences; empty where the build left them out. */
export async function licences(): Promise<Licence[]> {
  const [load] = Object.values(written);
  return load ? load() : [];
}
