// In development, and only there: the page's `call` goes to a built `processflow` binary, and changes in the data
// folder come back over the dev server's own socket. The window needs none of this.
import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { IncomingMessage } from 'node:http';
import type { Plugin } from 'vite';

const LARGEST = 64 * 1024 * 1024;

/** Whether the files beneath a topic look different from the last time. */
function watcher(folder: string, send: (topic: string) => void): () => void {
  const seen = new Map<string, string>();
  const files: [string, string][] = [
    ['state.db', '*'],
    ['state.db-wal', '*'],
    ['settings.json', 'settings'],
    ['agent.lock', 'agent'],
    ['logs', 'log'],
  ];
  const look = () => {
    for (const [file, topic] of files) {
      const stat = statSync(join(folder, file), { throwIfNoEntry: false });
      const now = stat ? `${stat.mtimeMs} ${stat.size}` : '';
      if (seen.has(file) && seen.get(file) !== now) send(topic);
      seen.set(file, now);
    }
  };
  const timer = setInterval(look, 1000);
  return () => clearInterval(timer);
}

async function body(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

function ask(binary: string, folder: string, name: string, input: string): Promise<string> {
  const args = ['--data-dir', folder, '--json', 'call', name, input];
  return new Promise((resolve) => {
    execFile(binary, args, { maxBuffer: LARGEST }, (error, stdout, stderr) => {
      if (!error) return resolve(JSON.stringify({ answer: stdout.trim() ? JSON.parse(stdout) : null }));
      resolve(JSON.stringify({ error: problem(stdout, stderr, error.message) }));
    });
  });
}

/** The program prints its problem as JSON; when it did not get that far, what it said is all there is. */
function problem(stdout: string, stderr: string, otherwise: string): unknown {
  for (const line of `${stdout}\n${stderr}`.split('\n').reverse()) {
    if (line.startsWith('{"error"')) return (JSON.parse(line) as { error: unknown }).error;
  }
  return { kind: 'bug', message: stderr.trim() || otherwise, hint: null };
}

/** `PROCESSFLOW` names the binary, `PROCESSFLOW_DATA_DIR` the data folder. */
export function bridge(): Plugin {
  const binary = process.env.PROCESSFLOW ?? 'processflow';
  const folder = process.env.PROCESSFLOW_DATA_DIR;
  return {
    name: 'processflow-bridge',
    apply: 'serve',
    configureServer(server) {
      if (folder) {
        const stop = watcher(folder, (topic) => server.ws.send('processflow:changed', { topic }));
        server.httpServer?.on('close', stop);
      }
      server.middlewares.use('/__call', (request, response) => {
        void (async () => {
          const { name, input } = JSON.parse(await body(request)) as { name: string; input: unknown };
          const unset = { kind: 'config', message: 'PROCESSFLOW_DATA_DIR is not set.', hint: null };
          response.setHeader('content-type', 'application/json');
          response.end(
            folder
              ? await ask(binary, folder, name, JSON.stringify(input ?? {}))
              : JSON.stringify({ error: unset }),
          );
        })();
      });
    },
  };
}
