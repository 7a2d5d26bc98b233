// What a program that uses the client does, in the client's own words; what it got is printed as JSON.
'use strict';

const { BigCommerceApiClient } = require('bigcommerce-api-client');

/** More than a page: the client then asks for page after page by itself. */
const ALL = 10_000;
const [, storeHash] = new URL(process.env.STORE).pathname.match(/^\/stores\/([^/]+)/);

const shop = (accessToken) => new BigCommerceApiClient({ storeHash, accessToken, maxRetries: 0, failOn404: true });
const { catalog, customersV3, orders, storeInformation } = shop(process.env.TOKEN);

const tasks = {
  async products() {
    const { data, meta } = await catalog.products.getAllProducts({}, 1, ALL);
    const { data: made } = await catalog.products.createProduct({
      name: 'Fremde Kanne',
      type: 'physical',
      sku: 'FREMD-1',
      weight: 1.5,
      price: 19.95,
      categories: [18],
    });
    const { data: changed } = await catalog.products.updateProduct(made.id, { price: 21.5, inventory_tracking: 'product', inventory_level: 7 });
    const { data: read } = await catalog.products.getProduct(made.id, { include: ['variants'] });
    // More than one request takes: the client sends tens, and says nothing of what came back.
    await catalog.products.batchUpdateProducts(data.slice(0, 12).map(({ id }) => ({ id, warranty: 'ein Jahr' })));
    const { data: found } = await catalog.products.getAllProducts({ 'sku:in': ['FREMD-1'] });
    const dated = data.every((product) => product.date_modified instanceof Date);
    return { ids: data.map(({ id }) => id), total: meta.pagination.total, dated, made, changed, read, found };
  },

  async customers() {
    const { data } = await customersV3.getAllCustomers({}, 1, ALL);
    const { data: made } = await customersV3.createCustomers([
      { email: 'fremd@example.com', first_name: 'Änne', last_name: 'Weiß', company: 'Weiß GmbH' },
      { email: 'fremder@example.com', first_name: 'Jo', last_name: 'Özil' },
    ]);
    const { data: changed } = await customersV3.updateCustomers([{ id: made[0].id, company: 'Weiß & Söhne' }]);
    const { data: read } = await customersV3.getAllCustomers({ 'email:in': ['fremd@example.com'] });
    return { ids: data.map(({ id }) => id), made, changed, read };
  },

  async orders() {
    const all = await orders.getAllOrders({}, 1, ALL);
    const { data: customers } = await customersV3.getAllCustomers({}, 1, 1);
    const { data: products } = await catalog.products.getAllProducts({}, 1, 1);
    const address = {
      first_name: 'Änne',
      last_name: 'Weiß',
      street_1: 'Veldener Straße 20',
      city: 'Düren',
      state: 'Nordrhein-Westfalen',
      zip: '52349',
      country: 'Germany',
      country_iso2: 'DE',
      email: 'aenne@example.com',
    };
    const made = await orders.createOrder({
      customer_id: customers[0].id,
      status_id: 11,
      external_order_id: 'FREMD-7',
      billing_address: address,
      shipping_addresses: [address],
      products: [{ name: 'Fracht', quantity: 2, price_inc_tax: 5, price_ex_tax: 4.2 }],
    });
    const changed = await orders.updateOrder(made.id, { staff_notes: 'aus dem ERP' });
    const lines = await orders.orderProducts.listOrderProducts(made.id);
    const [to] = await orders.orderShippingAddresses.getOrderShippingAddresses(made.id);
    const shipment = await orders.orderShipments.createOrderShipment(made.id, {
      order_address_id: to.id,
      tracking_number: 'JD014600003',
      items: [{ order_product_id: lines[0].id, quantity: 2 }],
    });
    const read = await orders.getOrder(made.id);
    const { name } = await storeInformation.getStoreInformation();
    return { ids: all.map(({ id }) => id), product: products[0].id, made, changed, lines, to, shipment, read, store: name };
  },

  async refused() {
    const status = (asking) => asking.then(() => 'taken', (error) => error.cause?.response?.status ?? String(error));
    return {
      token: await status(shop('wrong').catalog.products.getAllProducts()),
      body: await status(catalog.products.createProduct({ name: 'Nur ein Name' })),
      twice: await status(catalog.products.updateProduct(101, { sku: 'AB-1' })),
      absent: await status(catalog.products.getProduct(999999)),
    };
  },
};

tasks[process.argv[2]]().then(
  (got) => console.log(JSON.stringify(got)),
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
