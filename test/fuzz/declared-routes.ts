/** Every route of the app, by its declaration. */
import type { RouteDeclaration } from '../../src/server/add-route.ts';
import { createApp } from '../../src/server/app.ts';
import { fakeServerContext } from '../fakes/fake-server-context.ts';

export function declaredRoutes(): readonly RouteDeclaration[] {
  return createApp(fakeServerContext({})).declared;
}
