// Names of processflows: small letters, digits and hyphens; each is also the name of a folder.

/** What keeps a name from being used; a key of words. */
export function wrongName(name: string, taken: readonly string[]): string | undefined {
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(name.trim())) return 'processflows:add.wrong.name';
  if (taken.includes(name.trim())) return 'processflows:add.wrong.taken';
  return undefined;
}
