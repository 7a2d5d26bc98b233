// Places of libraries that do not hold in the window, mended while they are bundled.
import type { Plugin } from 'vite';

interface Mend {
  file: RegExp;
  from: string;
  to: string;
}

const MENDS: Mend[] = [
  {
    // The window freezes `Object.prototype` for safety, which also refuses that a plain object is given a property of one
    // of its names. This one does so while it loads, and would never finish.
    file: /\/d3-color\/.*\.m?js$/,
    from: 'prototype.constructor = constructor;',
    to: "Object.defineProperty(prototype, 'constructor', { value: constructor, writable: true, configurable: true });",
  },
];

/** Mends them; a library that has changed stops the build, so that somebody looks again. */
export function mended(): Plugin {
  return {
    name: 'mended-libraries',
    transform(code, id) {
      const mend = MENDS.find(({ file }) => file.test(id));
      if (!mend || id.includes('/.vite/')) return;
      if (!code.includes(mend.from)) this.error(`${id} has changed: look whether it still has to be mended.`);
      return { code: code.replace(mend.from, mend.to), map: null };
    },
  };
}
