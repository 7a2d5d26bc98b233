import { expect, it } from 'vitest';
import { told } from './ways';

const CASES: [hint: string, text: string, href: string | undefined][] = [
  [
    'Enter a new token: `processflow connections edit shop --secret token`.',
    'Enter a new token.',
    '#/connections/shop',
  ],
  [
    'Enter a new token: `processflow connections edit NAME --secret token`.',
    'Enter a new token.',
    '#/connections',
  ],
  ['Enter it with `processflow connections edit shop --secret token`.', 'Enter it.', '#/connections/shop'],
  ['Add one with `processflow connections add erp --connector sql …`.', 'Add one.', '#/connections/new/sql'],
  ['`processflow connections` lists them; `connections add` makes one.', '', '#/connections'],
  [
    'Wait for it, or end it with `processflow cancel orders`.',
    'Wait for it, or end it.',
    '#/runs?processflow=orders',
  ],
  [
    'Enter the proxy with its login under Settings (`processflow settings set proxy=…`).',
    'Enter the proxy with its login under Settings.',
    '#/settings/network',
  ],
  ['See `processflow settings` for proxy and certificates.', '', '#/settings/network'],
  ['`processflow settings set secrets=vault-passphrase`', '', '#/settings/secrets'],
  [
    '`sudo processflow service start` starts it; `journalctl -u processflow` says why it ended.',
    '',
    '#/settings/environment',
  ],
  [
    'The settings lead to shop.example now. If that is right: `processflow connections edit shop --secret token`.',
    'The settings lead to shop.example now.',
    '#/connections/shop',
  ],
  ['`processflow versions orders` lists them.', '', '#/processflows/orders/versions'],
  ['Run it whole: `processflow run orders`.', 'Run it whole.', '#/processflows/orders'],
  [
    'Mend the file and deploy it again; `processflow check` shows it.',
    'Mend the file and deploy it again.',
    '#/processflows',
  ],
  ['`processflow failed` lists those that wait, with their numbers.', '', '#/runs/failed'],
  // Where the window has no place for it, the command stays.
  [
    'Move it with `processflow watermark orders --move T`, or read everything with `run orders --full`.',
    'Move it with `processflow watermark orders --move T`, or read everything with `run orders --full`.',
    undefined,
  ],
  ['Look at field `total`.', 'Look at field `total`.', undefined],
];

it.each(CASES)('goes to the place instead of naming the command: %s', (hint, text, href) => {
  const { text: left, way } = told(hint);
  expect(left).toBe(text);
  expect(way?.href).toBe(href);
});

it('says what the button opens', () => {
  expect(told('Enter it with `processflow connections edit shop --secret token`.').way?.label).toBe(
    'Open shop',
  );
});
