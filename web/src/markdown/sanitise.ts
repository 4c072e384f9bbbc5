/**
 * HTML → a fragment that can be shown: known elements and attributes only, links to http, https and
 * mailto only. What a model writes is a stranger's text.
 */
import createPurifier from 'dompurify';

const tags =
  'a blockquote br code del div em h1 h2 h3 h4 h5 h6 hr li ol p pre span strong table tbody td th thead tr ul'.split(
    ' ',
  );
const attributes = ['href', 'title', 'start', 'align', 'data-tex', 'data-display', 'data-language'];

export function sanitise(html: string): DocumentFragment {
  return createPurifier.sanitize(html, {
    ALLOWED_TAGS: tags,
    ALLOWED_ATTR: attributes,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    // The others hold no address.
    ADD_URI_SAFE_ATTR: attributes.filter((name) => name !== 'href'),
    ALLOWED_URI_REGEXP: /^(?:https?:|mailto:)/i,
    RETURN_DOM_FRAGMENT: true,
  });
}
