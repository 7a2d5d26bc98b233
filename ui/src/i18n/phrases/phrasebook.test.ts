import { expect, it } from 'vitest';

import german from './german';
import { Phrasebook } from './phrasebook';

const book = new Phrasebook({
  'there is no setting `{}`': 'es gibt keine Einstellung `{}`',
  'This token may not {} {}.': 'Dieses Token darf {2} nicht {1}.',
  read: 'lesen',
  'the data folder': 'der Datenordner',
  '{} {} may not be read': '{} {} ist nicht lesbar',
  'field `{}`': 'Feld `{}`',
  '`{}` is empty': '`{}` ist leer',
  'Map `{}`.': 'Ordnen Sie `{}` zu.',
  'Write `map: {{ {}: … }}`.': 'Schreiben Sie `map: {{ {}: … }}`.',
  'Use `{{}}`.': 'Benutzen Sie `{{}}`.',
  '{} could not be reached: {}': '{} war nicht erreichbar: {}',
  'Nobody answers at {}{} (refused).': 'Niemand antwortet unter {}{} (abgelehnt).',
  'the proxy or': 'dem Proxy oder',
  'on {}': 'am {}',
  'It ended{}, or not.': 'Es endete {}, oder nicht.',
  orders: 'Bestellungen',
  'there is no connection `{}`': 'es gibt keine Verbindung `{}`',
  'several words': 'mehrere Wörter',
});

it.each([
  ['there is no setting `poxy`', 'es gibt keine Einstellung `poxy`', 'the gap keeps what it held'],
  [
    'This token may not read Orders.',
    'Dieses Token darf Orders nicht lesen.',
    'another order, and a known word',
  ],
  ['the data folder /srv/x may not be read', 'der Datenordner /srv/x ist nicht lesbar', 'gap beside gap'],
  ['field `A`: `b` is empty', 'Feld `A`: `b` ist leer', 'what was being done'],
  ['Map `A`. Map `B`.', 'Ordnen Sie `A` zu. Ordnen Sie `B` zu.', 'sentence after sentence'],
  ['Map `A`.\n  Map `B`.', 'Ordnen Sie `A` zu.\n  Ordnen Sie `B` zu.', 'line after line'],
  ['Write `map: { SKU: … }`.', 'Schreiben Sie `map: { SKU: … }`.', 'braces that are meant'],
  ['Use `{}`.', 'Benutzen Sie `{}`.', 'braces without a gap'],
  [
    'erp could not be reached: there is no setting `x`',
    'erp war nicht erreichbar: es gibt keine Einstellung `x`',
    '',
  ],
  ['Nobody answers at h:1 (refused).', 'Niemand antwortet unter h:1 (abgelehnt).', 'a gap may be empty'],
  [
    'Nobody answers at the proxy or h (refused).',
    'Niemand antwortet unter dem Proxy oder h (abgelehnt).',
    '',
  ],
  ['there is no connection `orders`', 'es gibt keine Verbindung `orders`', 'a name is never translated'],
  [
    'there is no connection `several words`',
    'es gibt keine Verbindung `mehrere Wörter`',
    'the agent said it',
  ],
  ['there is no\n setting `x`', 'there is no\n setting `x`', 'only whole texts are wrapped'],
  ['several\nwords', 'mehrere Wörter', 'a description is wrapped'],
  ['on hold', 'on hold', 'too short to be sure'],
  ['Whatever the store says', 'Whatever the store says', 'unknown stays'],
  ['', '', 'nothing stays nothing'],
])('says %j', (english, other, why) => {
  expect(book.say(english), why).toBe(other);
});

it('takes the reading that leaves the least in English', () => {
  const both = new Phrasebook({
    'reading {}': 'Lesen von {}',
    'page {} of {}': 'Seite {} von {}',
    'it is gone': 'es ist fort',
  });
  expect(both.say('reading page 3 of orders: it is gone')).toBe('Lesen von Seite 3 von orders: es ist fort');
});

it.each([
  ["The store's certificate: no such thing", "The store's certificate: no such thing"],
  [
    'field `TOTAL`: `1,50` has a comma: it may mean a decimal or thousands',
    'Feld `TOTAL`: `1,50` hat ein Komma: Es kann Dezimalzeichen oder Tausendertrennung sein',
  ],
  ["This computer's clock is 58 minutes ahead.", 'Die Uhr dieses Rechners geht 58 Minuten vor.'],
  [
    'Did you mean `proxy`? `processflow settings` lists them all.',
    'Meinten Sie `proxy`? `processflow settings` zeigt alle.',
  ],
  ['This token may not change Orders.', 'Dieses Token darf Orders nicht ändern.'],
  [
    'the value for column CUSTOMER has 61 characters, the column holds 60',
    'der Wert für Spalte CUSTOMER hat 61 Zeichen, in die Spalte passen 60',
  ],
  [
    'the lock file /srv/data folder/agent.lock may not be read or written by this user',
    'die Sperrdatei /srv/data folder/agent.lock darf von diesem Benutzer nicht gelesen oder geschrieben werden',
  ],
  [
    'All orders, or those that fit a filter, every time. Needs the permission Orders: read-only.',
    'Alle Bestellungen, oder die zu einem Filter passen, jedes Mal. Braucht die Berechtigung Orders: read-only.',
  ],
  [
    "The certificate of shop.example ended on 14 September 2026, or this computer's clock is wrong.",
    'Das Zertifikat von shop.example ist abgelaufen am 14 September 2026, oder die Uhr dieses Rechners geht falsch.',
  ],
  [
    'step 1, row 2:\n  PRICE: 3, expected 4\n  SKU: is not written',
    'Schritt 1, Zeile 2:\n  PRICE: 3, erwartet 4\n  SKU: wird nicht geschrieben',
  ],
  [
    'Source Application Not Found: there is no connection `store` (bigcommerce)',
    'Quellanwendung nicht gefunden: Es gibt keine Verbindung `store` (bigcommerce)',
  ],
  [
    'the expression is not understood: unexpected end of input, expected `)`',
    'der Ausdruck wird nicht verstanden: der Ausdruck endet zu früh; es fehlt: `)`',
  ],
  [
    'this is not YAML: tabs disallowed within this context (block indentation)',
    'das ist kein YAML: Tabulatoren sind in der Einrückung nicht erlaubt',
  ],
])('says %j in German', (english, other) => {
  expect(german.say(english)).toBe(other);
});

it('is quick enough for a table of hundreds of reasons', () => {
  const begun = performance.now();
  for (let nth = 0; nth < 200; nth++)
    german.say(`field \`F${nth}\`: \`${nth},5\` has a comma: it may mean a decimal or thousands`);
  expect(performance.now() - begun).toBeLessThan(2000);
});
