import type { Attachment } from 'svelte/attachments';

/** Pixels of a `rem` now: it follows the size of the text. */
export const remNow = () => Number.parseFloat(getComputedStyle(document.documentElement).fontSize);

/**
 * Attached to an element, tells when it is there and whenever its size changes. It tells in the next frame: whoever lays the
 * page out anew while sizes are being reported makes the browser complain of a loop.
 */
export function resized<E extends Element>(tell: (element: E) => void): Attachment<E> {
  return (element) => {
    let frame = 0;
    const observer = new ResizeObserver(() => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => tell(element));
    });
    observer.observe(element);
    return () => {
      cancelAnimationFrame(frame);
      observer.disconnect();
    };
  };
}
