import { expect, it } from 'vitest';
import { found, leavesOf } from './tree';

const BODY =
  '{"id":1,"billing":{"e-mail":"ada@example.com","zip":"1"},"products":[{"sku":"A"},{"sku":"B"}],"Item No.":2}';

it('reaches every field by an expression of the language', () => {
  const reach = leavesOf(BODY).map(({ expression }) => expression);
  expect(reach).toEqual([
    'id',
    'billing',
    'billing["e-mail"]',
    'billing.zip',
    'products',
    'products[0]',
    'products[0].sku',
    'record["Item No."]',
  ]);
});

it('finds by name and by value, and stays quiet about what is no JSON', () => {
  expect(found(leavesOf(BODY), 'ADA@').map(({ expression }) => expression)).toEqual(['billing["e-mail"]']);
  expect(found(leavesOf(BODY), 'sku')).toHaveLength(1);
  expect(leavesOf('{')).toEqual([]);
});
