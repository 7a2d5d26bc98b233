/** A library this program is made with. */
export interface Licence {
  name: string;
  version: string;
  licence: string;
  text: string;
}

/** As it is embedded: texts that many libraries share are there once, and named by their place. */
interface Embedded {
  texts: string[];
  libraries: (Omit<Licence, 'text'> & { texts: number[] })[];
}

// Written by the build of the whole program; panels that were built alone have none.
const written = import.meta.glob<Embedded>('../../licences.json', { import: 'default' });

/** The libraries and their licences; empty where the build left them out. */
export async function licences(): Promise<Licence[]> {
  const [load] = Object.values(written);
  if (!load) return [];
  const { texts, libraries } = await load();
  return libraries.map(({ texts: own, ...library }) => ({
    ...library,
    text: own.map((place) => texts[place]).join('\n\n'),
  }));
}
