/** A path inside a folder, written as the folder's machine writes paths. */
export function inside(folder: string, name: string): string {
  const between = /^[A-Za-z]:\\|^\\\\/.test(folder) ? '\\' : '/';
  return folder.endsWith(between) ? `${folder}${name}` : `${folder}${between}${name}`;
}
