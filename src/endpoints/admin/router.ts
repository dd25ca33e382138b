import { createRouter, type Peer } from '../../http/router.ts';
import { errorPage, notFoundPage } from '../../interaction/error_page.ts';
import { consoleRoutes } from '../../interaction/admin/pages.ts';
import { pageHandler, type Site } from '../site.ts';
import { adminNotFound, adminRoutes } from './api.ts';

/** Everything below `/admin`: the administration API, and the console. */
export function adminRouter(site: Site): (request: Request, peer?: Peer) => Promise<Response> {
  const showPage = pageHandler(notFoundPage, site);
  return createRouter({
    basePath: site.basePath,
    routes: [...adminRoutes(site), ...consoleRoutes(site)],
    notFound: (request, context) => adminNotFound(context.path) ?? showPage(request, context),
    failed: (error, request, context) =>
      errorPage(error, context, { ...site, asked: { request, context } }),
  });
}
