/**
 * What Ollama does over HTTP and this server does not: whoever can ask questions could change or
 * delete the models of everybody (and reach the file parsers: CVE-2026-7482). Each is refused with
 * the command that does it on the machine itself.
 */
import { error } from '../../base/errors.ts';
import { anySchema } from '../../protocol/ollama/model-requests.ts';
import { errorReply } from '../../protocol/ollama/reply-schemas.ts';
import { addRoute } from '../add-route.ts';
import type { ServerApp } from '../server-context.ts';

const refused = [
  ['DELETE', '/api/delete', 'Deleting a model', 'sampan rm MODEL'],
  ['POST', '/api/copy', 'Giving a model another name', 'sampan serve NAME=MODEL'],
  ['POST', '/api/create', 'Making a model', 'sampan serve NAME=FILE'],
  ['POST', '/api/push', 'Publishing a model', 'hf upload'],
  ['POST', '/api/blobs/:digest', 'Uploading a file', 'sampan serve NAME=FILE'],
] as const;

export function registerOllamaRefused(app: ServerApp): void {
  for (const [method, path, what, command] of refused) {
    addRoute(
      app,
      { method, path, summary: `${what}: refused`, body: anySchema, reply: errorReply },
      () => {
        throw error('not_over_http', { what, command });
      },
    );
  }
}
