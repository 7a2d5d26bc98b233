// A place of a library that does not hold in the window, mended while it is bundled.
import type { Plugin } from 'vite';

const FILE = /\/d3-color\/.*\.m?js$/;
const FROM = 'prototype.constructor = constructor;';
const TO =
  "Object.defineProperty(prototype, 'constructor', { value: constructor, writable: true, configurable: true });";

/**
 * The window freezes `Object.prototype` for safety, which also refuses that a plain object is given a property of one of its
 * names. d3-color does so while it loads, and would never finish. Where it has changed the build stops, so that somebody
 * looks again.
 */
export function mended(): Plugin {
  return {
    name: 'mended-libraries',
    transform(code, id) {
      if (!FILE.test(id) || id.includes('/.vite/')) return;
      if (!code.includes(FROM)) this.error(`${id} has changed: look whether it still has to be mended.`);
      return { code: code.replace(FROM, TO), map: null };
    },
  };
}
