// Preloaded before the client: its host is fixed, so what goes to BigCommerce over https goes to the sandbox store on
// loopback instead. Anything else is refused, so that no test ever asks a real host.
'use strict';

const http = require('node:http');
const https = require('node:https');

const FIXED = 'api.bigcommerce.com';
const store = new URL(process.env.STORE);

https.request = (options, answered) => {
  const host = options.hostname ?? options.host;
  if (host !== FIXED) {
    throw new Error(`${host} is not ${FIXED}, the one host that is redirected`);
  }
  const headers = Object.entries(options.headers ?? {}).filter(([name]) => name.toLowerCase() !== 'host');
  const here = { protocol: 'http:', host: store.hostname, hostname: store.hostname, port: store.port };
  return http.request({ ...options, ...here, agent: undefined, headers: Object.fromEntries(headers) }, answered);
};
