/**
 * The app on a socket, with limits on what a connection may take: heads that come slowly, bodies
 * that never end, connections without number.
 */
import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { error } from '../base/errors.ts';
import type { ServerApp } from './server-context.ts';

export interface Listening {
  readonly port: number;
  readonly url: string;
  /** Takes no more connections; resolves when the open ones have ended, or `deadlineMs` has passed. */
  close(deadlineMs: number): Promise<'ended' | 'cut'>;
}

export interface Address {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

const limits = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  /** For head and body to arrive. */
  requestTimeout: 60_000,
  /** Between requests of a connection. */
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5000,
};
const maxConnections = 4096;

export async function listen(
  app: Pick<ServerApp, 'fetch'>,
  { host, port }: Address,
  serverOptions: Partial<typeof limits> = {},
): Promise<Listening> {
  const server = createAdaptorServer({
    fetch: app.fetch,
    hostname: host,
    serverOptions: { ...limits, ...serverOptions },
  }) as Server;
  server.maxConnections = maxConnections;
  const connections = new Connections(server);
  await bound(server, host, port);
  const address = server.address() as AddressInfo;
  const name = address.family === 'IPv6' ? `[${host}]` : host;
  const url = `http://${name}:${address.port}`;
  return { port: address.port, url, close: (deadlineMs) => close(server, connections, deadlineMs) };
}

function bound(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EADDRINUSE') {
        reject(error('port_taken', { port, host, other: port + 1 }, cause));
      } else reject(error('address_refused', { port, host, reason: cause.message }, cause));
    });
    server.listen(port, host, () => resolve());
  });
}

async function close(
  server: Server,
  connections: Connections,
  deadlineMs: number,
): Promise<'ended' | 'cut'> {
  const ended = new Promise<'ended'>((resolve) => server.close(() => resolve('ended')));
  connections.closeWhenIdle();
  let deadline: NodeJS.Timeout | undefined;
  const cut = new Promise<'cut'>((resolve) => {
    deadline = setTimeout(() => resolve('cut'), deadlineMs);
  });
  const how = await Promise.race([ended, cut]);
  clearTimeout(deadline);
  if (how === 'cut') server.closeAllConnections();
  return how;
}

/**
 * Which connections have a request on its way. Node's own count has those among them that never
 * sent a byte, and stops to time them out when it closes.
 */
class Connections {
  readonly #requests = new Map<Socket, number>();
  #isClosing = false;

  constructor(server: Server) {
    server.on('connection', (socket) => {
      this.#requests.set(socket, 0);
      socket.once('close', () => this.#requests.delete(socket));
    });
    server.on('request', ({ socket }, response) => {
      this.#count(socket, 1);
      response.once('close', () => this.#count(socket, -1));
    });
  }

  /** Those without a request at once, the others after it. */
  closeWhenIdle(): void {
    this.#isClosing = true;
    for (const socket of this.#requests.keys()) this.#count(socket, 0);
  }

  #count(socket: Socket, change: number): void {
    const requests = (this.#requests.get(socket) ?? 0) + change;
    if (this.#requests.has(socket)) this.#requests.set(socket, requests);
    if (this.#isClosing && requests === 0) socket.destroySoon();
  }
}
